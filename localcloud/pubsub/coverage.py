"""
What of Pub/Sub is simulated, how sure each behaviour is, and what is left out.
"""

from localcloud.coverage import Covered, NotSimulated

_DOCS = "https://cloud.google.com/pubsub/docs"
_EMULATOR = "Google's own emulator, run side by side in the tests"
_PROTO = "the comments of google/pubsub/v1/pubsub.proto"

COVERED = (
    Covered(
        "topics and subscriptions: create, get, list in pages, update by mask, delete, "
        "detach; over gRPC and REST with the same answers",
        "sure",
        _EMULATOR,
    ),
    Covered(
        "REST by the `google.api.http` rules, with `fields`, `prettyPrint`, "
        "`$alt=json;enum-encoding=int`, and Google's texts for what can't be read",
        "likely",
        "the rules of google-cloud-pubsub; texts as others report them",
    ),
    Covered(
        "a call without a bearer token is UNAUTHENTICATED (401), over both",
        "sure",
        "https://cloud.google.com/docs/authentication",
    ),
    Covered(
        "publish, pull, streaming pull, acknowledge, modify deadlines; at least once, "
        "state kept over a restart and a SIGKILL",
        "sure",
        _EMULATOR,
    ),
    Covered(
        "limits: 1,000 messages and 10 MB a request, 100 attributes, keys of 256 and "
        "values of 1,024 bytes, ordering keys of 1,024",
        "sure",
        "https://cloud.google.com/pubsub/quotas#resource_limits",
    ),
    Covered(
        "filters over attributes, 256 bytes at most, never changed",
        "sure",
        f"{_DOCS}/subscription-message-filter",
    ),
    Covered(
        "ordering keys: one after the other, all later ones again after a failure",
        "sure",
        f"{_DOCS}/ordering",
    ),
    Covered(
        "exactly-once delivery for pulls, with the failed ids in the error's details",
        "sure",
        f"{_DOCS}/exactly-once-delivery",
    ),
    Covered(
        "retry policies: 10 s to 600 s by default, doubled after each failure",
        "likely",
        f"{_DOCS}/handling-failures#exponential_backoff",
    ),
    Covered(
        "dead letters after 5 to 100 attempts, with the source in attributes; without "
        "their topic a message goes on being delivered",
        "sure",
        _EMULATOR,
    ),
    Covered(
        "retention by topic and subscription, and a seek to a time",
        "sure",
        f"{_DOCS}/replay-overview",
    ),
    Covered(
        "a subscription that is not used expires as its policy says; a restart of the "
        "local cloud counts as use",
        "likely",
        _PROTO,
    ),
    Covered(
        "push: wrapped or not, with metadata in headers; 102, 200, 201, 202 and 204 "
        "acknowledge; one message a time of an ordering key",
        "sure",
        f"{_DOCS}/push",
    ),
    Covered(
        "push: slow start (one request, doubled with each round, halved by a failure; "
        "100 at most here) and a backoff of 0.1 s to 60 s",
        "likely",
        f"{_DOCS}/push#push_backoff",
    ),
    Covered(
        "push: OIDC tokens that verify against Google's public keys as the door shows "
        "them; the audience is the endpoint unless another is given",
        "sure",
        f"{_DOCS}/authenticate-push-subscriptions",
    ),
    Covered(
        "a pull of a push subscription is FAILED_PRECONDITION",
        "likely",
        "an answer of the service in GoogleCloudPlatform/php-docs-samples issue 335",
    ),
    Covered(
        "IAM policies of topics and subscriptions are kept, with etags",
        "likely",
        "https://cloud.google.com/iam/docs/reference/rpc",
    ),
    Covered(
        "a deployment's own account needs for each call the permission that is "
        "documented, else it is PERMISSION_DENIED",
        "sure",
        "https://cloud.google.com/pubsub/docs/access-control",
    ),
    Covered(
        "an open stream ends with that once its account may no longer consume, at its "
        "next request or before the next messages",
        "likely",
        "streams are not said to outlive a grant, nor when one is looked at again",
    ),
)

NOT_SIMULATED = (
    NotSimulated("snapshots", "UNIMPLEMENTED: seek to a time does most of it"),
    NotSimulated("schemas", "UNIMPLEMENTED, as is a topic that asks for one"),
    NotSimulated(
        "exports to BigQuery, Bigtable and Cloud Storage, ingestion, transforms",
        "UNIMPLEMENTED: what they change would be missed in silence",
    ),
    NotSimulated(
        "enforcing IAM policies that are set by a call",
        "a deployment's own accounts may do what terraform/grants.json says, every "
        "other account everything; TestIamPermissions says so",
    ),
    NotSimulated(
        "push to other machines",
        "INVALID_ARGUMENT: the local cloud reaches nobody but this machine; there "
        "http:// will do too, and certificates are not checked",
    ),
    NotSimulated(
        "quotas by the minute, regions, message storage policies and keys of KMS",
        "settings are kept and shown, without effect",
    ),
)
