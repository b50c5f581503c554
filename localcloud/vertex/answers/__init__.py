"""The model: deterministic answers that fit what a request asks for."""
