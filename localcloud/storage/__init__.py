"""
Cloud Storage on one machine: a strict server of its JSON API.

    server.py  the one entry: what answers for storage.googleapis.com
    api/       HTTP: calls in, answers out
    rules/     what the service allows: names, preconditions, errors, metadata
    disk/      what is kept: SQLite rows, content files, the event outbox
"""
