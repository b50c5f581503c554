"""The `dropbatch` command."""
