"""
Which ways to Vertex AI the programs of this folder try.
"""

VERSIONS = ("v1", "v1beta1")
PLACES = [
    (version, location)
    for version in VERSIONS
    for location in ("us-central1", "europe-west4", "global")
]
WAYS = [
    (version, transport, location)
    for version in VERSIONS
    for transport in ("grpc", "rest")
    for location in ("us-central1", "global")
]
