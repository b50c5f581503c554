"""Gemini's requests and answers in the words of OpenAI's chat completions, and back."""
