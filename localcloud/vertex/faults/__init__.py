"""Faults on demand: calls and jobs that go wrong as told."""
