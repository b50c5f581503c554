"""Every fault that has a name: plain data, a file for each service."""
