"""Pub/Sub: a small server over the client library's own message types."""
