"""Vertex AI: a simulator of Gemini batch prediction."""
