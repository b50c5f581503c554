"""
Cloud Storage on one machine: a strict server of its JSON API, and XML reads.

    server.py    the one entry: what answers for storage.googleapis.com
    knobs.py     what can be set, with Google's values as defaults
    coverage.py  what is simulated, how surely, and what is left out
    api/         HTTP: calls in, answers out
    rules/       what the service allows: names, preconditions, errors, metadata
    disk/        what is kept: SQLite rows, content files, the event outbox
    notices/     what happened to objects, told to Pub/Sub topics
    faults/      rules of its own, errors and ways to break off
"""
