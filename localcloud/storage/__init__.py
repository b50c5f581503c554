"""Cloud Storage: a strict server of its JSON API."""
