"""What the pytest plugin is made of; imports nothing but the standard library."""
