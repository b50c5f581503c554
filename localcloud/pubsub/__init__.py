"""
Pub/Sub on one machine: a broker, and what speaks gRPC and REST in front of it.

    pubsub.py    all of it together: what the local cloud starts and stops
    broker.py    the one thing to hold: topics, subscriptions, publish, lease, ack
    server.py    serves google.pubsub.v1 on a loopback port
    wire.py      the messages of google.pubsub.v1
    refusals.py  what callers are refused with: codes and words
    coverage.py  what is simulated, how surely, and what is left out
    resources/   what may be created: names, labels, filters, settings
    delivery/    who gets which message when: leases, backoff, ordering keys
    push/        messages on their way to push endpoints
    service/     calls in, answers out, and the streams
    rest/        the same calls as HTTP requests with JSON bodies
    faults/      rules of its own, and where they befall calls and streams
    state/       what outlives the process: SQLite rows
"""
