"""What may be created, and what its settings mean."""
