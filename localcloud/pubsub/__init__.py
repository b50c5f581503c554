"""
Pub/Sub on one machine: a broker, and a gRPC server in front of it.

    broker.py   the one thing to hold: topics, subscriptions, publish, lease, ack
    server.py   the one entry: serves google.pubsub.v1 on a loopback port
    resources/  what may be created: names, labels, filters, settings
    delivery/   who gets which message when: leases, backoff, ordering keys
    service/    calls in, answers out, and the streams
    state/      what outlives the process: SQLite rows
"""
