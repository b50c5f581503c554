"""Cloud Storage, as the Vertex service agent sees it."""
