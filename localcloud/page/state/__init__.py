"""What the page shows, as JSON: read from the stores, each answer with an end."""
