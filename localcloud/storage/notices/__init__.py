"""Notifications: what happened to objects, told to Pub/Sub topics."""
