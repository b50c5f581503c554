"""
What of Cloud Storage is simulated, how sure that is, and what is not simulated.
"""

from localcloud.coverage import Covered, NotSimulated

_DOCS = "https://cloud.google.com/storage/docs"
_API = f"{_DOCS}/json_api/v1"
_QUOTAS = "https://cloud.google.com/storage/quotas"

COVERED = (
    Covered(
        "uploads: media, multipart, and resumable ones that outlive a crash",
        "sure",
        f"{_DOCS}/uploads-downloads",
    ),
    Covered(
        "downloads by the JSON and the XML API: ranges, gzip transcoding, checksums",
        "sure",
        f"{_DOCS}/transcoding",
    ),
    Covered(
        "preconditions by generation, metageneration and etag, on every verb",
        "sure",
        f"{_DOCS}/request-preconditions",
    ),
    Covered(
        "a write whose `ifGenerationNotMatch` fails is a 412, as for a match",
        "likely",
        "the documentation says 304 and describes it for reads alone",
    ),
    Covered(
        "lists with prefix, delimiter, glob, offsets, versions, pages and `fields`",
        "sure",
        f"{_API}/objects/list",
    ),
    Covered(
        "object versioning: archived generations, deletes and reads of each",
        "sure",
        f"{_DOCS}/object-versioning",
    ),
    Covered(
        "soft delete: seven days unless a bucket says 0 or 7 to 90; lists, gets and "
        "restorations of what is soft-deleted",
        "sure",
        f"{_DOCS}/soft-delete",
    ),
    Covered(
        "the words of refused soft delete policies",
        "unknown",
        "the limits are documented, the texts are ours",
    ),
    Covered(
        "what was restored stays soft-deleted beside its copy until its time is over",
        "likely",
        f"{_API}/objects/restore calls the restored object a new copy",
    ),
    Covered(
        "copies and rewrites; to another location or class in pieces, with tokens",
        "sure",
        f"{_API}/objects/rewrite",
    ),
    Covered(
        "moves within a bucket, in one transaction, without soft delete",
        "sure",
        f"{_API}/objects/move",
    ),
    Covered(
        "composition of up to 32 objects, with the deletion of its sources",
        "sure",
        f"{_DOCS}/composite-objects",
    ),
    Covered(
        "Pub/Sub notifications: event types, prefixes, attributes, both payloads; at "
        "least once over restarts; 100 a bucket, 10 an event",
        "sure",
        f"{_DOCS}/pubsub-notifications",
    ),
    Covered(
        "a notification to a topic that is not there is refused with a 400",
        "likely",
        "github.com/googleapis/nodejs-storage/issues/1402; others were told 403",
    ),
    Covered(
        "what can't be published is tried again for seven days, then dropped",
        "likely",
        "the documentation gives no limit for notifications",
    ),
    Covered(
        "more than one write a second of a name is a 429 `rateLimitExceeded`",
        "sure",
        f"{_DOCS}/gcs429",
    ),
    Covered(
        "a write that is refused for another reason does not count against the rate",
        "unknown",
        "a guess",
    ),
    Covered(
        "limits: names of 1,024 bytes, 8 KiB of custom metadata, objects of 5 TiB, 64 "
        "labels of a bucket",
        "sure",
        _QUOTAS,
    ),
    Covered(
        "batches of up to 1,000 metadata calls",
        "likely",
        f"{_DOCS}/batch documents 100; some clients send more",
    ),
    Covered(
        "IAM policies of buckets are kept and told with their etags; "
        "`testIamPermissions` tells what the caller may do",
        "sure",
        f"{_API}/buckets/setIamPolicy",
    ),
    Covered(
        "a deployment's own account needs for each method the permissions that are "
        "documented, to replace an object `storage.objects.delete` besides",
        "sure",
        f"{_DOCS}/access-control/iam-json",
    ),
    Covered(
        "to replace what is there when it ends, a resumable upload needs it then as "
        "well; between its begin and its end its address is the right to use it",
        "likely",
        f"{_DOCS}/resumable-uploads#session-uris; that the end asks again is a guess",
    ),
    Covered(
        "without `storage.objects.list` an object that is missing is a 403",
        "sure",
        f"{_DOCS}/access-control/iam-permissions",
    ),
    Covered(
        "the words of those 403s",
        "likely",
        "errors that users of Google Cloud report",
    ),
    Covered(
        "ACLs of buckets and objects are told as the project's own",
        "sure",
        f"{_DOCS}/access-control/lists#predefined-acl",
    ),
    Covered(
        "the address of the service agent",
        "sure",
        f"{_API}/projects/serviceAccount/get",
    ),
)

NOT_SIMULATED = (
    NotSimulated(
        "enforcing IAM policies that are set by a call",
        "a deployment's own accounts may do what terraform/grants.json says, every "
        "other account everything",
    ),
    NotSimulated(
        "changes of ACLs", "refused with 501, since nothing would enforce them"
    ),
    NotSimulated(
        "holds, retention policies and object retention",
        "refused with 501, since nothing would enforce them",
    ),
    NotSimulated(
        "encryption keys of customers (CMEK, CSEK)",
        "refused with 501: there is no key service here",
    ),
    NotSimulated(
        "restoration of many objects in one call, and of deleted buckets",
        "a 404; what was soft-deleted in a bucket goes with it",
    ),
    NotSimulated(
        "lifecycle rules and Autoclass",
        "kept in the bucket's resource, carried out never",
    ),
    NotSimulated(
        "hierarchical namespaces, folders and managed folders",
        "a bucket that asks for the first is refused; there are no managed folders",
    ),
    NotSimulated(
        "the XML API beside reads of objects, signed URLs, HMAC keys, POST forms",
        "Google's client libraries read by it, and write by the JSON API",
    ),
    NotSimulated(
        "the gRPC API (`storage.googleapis.com` over HTTP/2)", "not there yet"
    ),
    NotSimulated(
        "the limits of one bucket made in two seconds, and changed once a second",
        "tests make buckets by the dozen",
    ),
    NotSimulated("Anywhere Cache, inventory reports, Storage Insights", "not there"),
    NotSimulated(
        "object change notifications by web hook (`watchAll`)",
        "Google itself points to Pub/Sub notifications",
    ),
)
