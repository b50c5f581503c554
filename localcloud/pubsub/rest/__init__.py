"""The calls of google.pubsub.v1 as HTTP requests with JSON bodies."""
