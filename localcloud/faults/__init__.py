"""Faults on demand: calls that go wrong as told, of whatever service."""
