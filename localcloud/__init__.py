"""The whole pipeline, and the Google Cloud it needs, on one machine."""
