"""Messages on their way to push endpoints."""
