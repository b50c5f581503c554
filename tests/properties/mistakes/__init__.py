"""Mistakes that are planted in the real code, to see that something catches them."""
