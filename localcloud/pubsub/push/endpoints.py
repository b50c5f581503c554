"""
What a subscription may say of where and how its messages are pushed.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from localcloud.pubsub.refusals import RefusedError, invalid, unimplemented
from localcloud.pubsub.wire import PushConfigPb

_VERSIONS = ("v1", "v1beta2")


def check_push_config(config: PushConfigPb) -> None:
    """
    It can be pushed to, or INVALID_ARGUMENT: the endpoint is on this machine, and what
    is said of its requests makes sense.
    """
    if not config.push_endpoint:
        if config.HasField("oidc_token") or config.WhichOneof("wrapper"):
            raise invalid("A push config without a push_endpoint says nothing else.")
        return
    _check_endpoint(config.push_endpoint)
    if config.HasField("oidc_token") and not config.oidc_token.service_account_email:
        raise invalid("The OIDC token of a push config names no service account.")
    version = config.attributes.get("x-goog-version", "v1")
    if version not in _VERSIONS:
        raise unimplemented(f"the push format {version}")


def _check_endpoint(endpoint: str) -> None:
    try:
        parts = urlsplit(endpoint)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise _refused(endpoint) from error
    if parts.scheme not in ("http", "https") or not _is_here(host):
        raise _refused(endpoint)


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _refused(endpoint: str) -> RefusedError:
    return invalid(
        f"Invalid push endpoint given (endpoint={endpoint}). The local cloud reaches "
        "nobody but this machine: an endpoint is http:// or https:// at localhost or "
        "another loopback address."
    )
