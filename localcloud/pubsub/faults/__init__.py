"""Pub/Sub's faults: its own rules, and where they befall calls and streams."""
