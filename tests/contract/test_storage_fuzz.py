"""
Any call with any words in it gets an answer in Google's shape, and never a 500.
"""

import json
import re
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localcloud.storage.api.operations import _TEMPLATES
from tests.contract.storage_server import RunningStorage
from tests.contract.test_storage_robustness import bucket, check, server

__all__ = ["bucket", "server"]

EXAMPLES = 150
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
FIELDS = [
    "name",
    "metadata",
    "contentType",
    "storageClass",
    "customTime",
    "acl",
    "sourceObjects",
    "destination",
    "deleteSourceObjects",
    "labels",
    "versioning",
    "lifecycle",
    "softDeletePolicy",
    "iamConfiguration",
    "location",
    "retentionPolicy",
    "topic",
    "payload_format",
    "event_types",
    "custom_attributes",
    "object_name_prefix",
    "bindings",
    "version",
    "etag",
    "md5Hash",
    "crc32c",
    "hierarchicalNamespace",
]
bodies = st.dictionaries(st.sampled_from(FIELDS), json_values, max_size=4) | json_values
PARAMETERS = [
    "generation",
    "ifGenerationMatch",
    "ifMetagenerationNotMatch",
    "ifSourceGenerationMatch",
    "sourceGeneration",
    "maxResults",
    "pageToken",
    "fields",
    "prefix",
    "delimiter",
    "startOffset",
    "matchGlob",
    "softDeleted",
    "versions",
    "projection",
    "uploadType",
    "name",
    "rewriteToken",
    "maxBytesRewrittenPerCall",
    "permissions",
    "project",
    "copySourceAcl",
    "alt",
    "contentEncoding",
    "kmsKeyName",
    "prettyPrint",
]
queries = st.dictionaries(
    st.sampled_from(PARAMETERS),
    st.sampled_from(["", "0", "1", "-1", "true", "media", "multipart", "resumable"])
    | st.text(max_size=5),
    max_size=3,
)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    route=st.sampled_from([r for r in _TEMPLATES if "batch" not in r[1]]),
    words=st.lists(
        st.sampled_from(["o", "bucket-1", "new", "1"])
        | st.text(min_size=1, max_size=5),
        min_size=4,
        max_size=4,
    ),
    query=queries,
    body=bodies,
)
def test_no_call_is_answered_with_500(
    server: RunningStorage,
    bucket: str,
    route: tuple[str, str, object],
    words: list[str],
    query: dict[str, str],
    body: object,
) -> None:
    method, template, _ = route
    rest = iter(words)
    path = re.sub(
        r"\{\w+\}",
        lambda found: quote(bucket if found[0] == "{bucket}" else next(rest), safe=""),
        template,
    )
    text = "&".join(f"{k}={quote(v, safe='')}" for k, v in query.items())
    answer = server.call(
        method, f"/{path}?{text}", data=json.dumps(body).encode(), status=None
    )
    media = query.get("alt") == "media" or path.startswith("download")
    if media and method == "GET":
        # A download's refusal is its message alone.
        assert answer.status_code != 500, answer.text
    elif not answer.headers.get("Content-Type", "").startswith("text/plain"):
        check(answer)
