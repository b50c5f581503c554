"""The door: how unchanged Google clients reach the local cloud."""
