"""
Google's public sample bucket, as far as the samples for Gemini batch read it.

Samples in Google's documentation name their input, so it must be there for them to
run as they are printed. What lies there is ours and says so: `files/` has it.
"""
