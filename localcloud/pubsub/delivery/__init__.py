"""Which message goes to whom, and when it goes again."""
