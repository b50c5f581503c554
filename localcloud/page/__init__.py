"""The page that shows what a local cloud holds and does."""
