"""The calls of google.pubsub.v1, each a function from request to reply."""
