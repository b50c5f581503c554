"""The middle: decides, and knows no cloud outside `adapters` and `wiring`."""
