"""The same proof with Google's real clients, through the door of a local cloud."""
