"""
An error of a rule, in the shapes and the words that Cloud Storage gives it.

https://cloud.google.com/storage/docs/json_api/v1/status-codes
"""

from typing import NamedTuple, cast

from localcloud.faults.rules import FaultError
from localcloud.storage.faults.rules import StorageCall
from localcloud.storage.rules.errors import StorageError

_AGAIN = "We encountered an internal error. Please try again."


class _Words(NamedTuple):
    reason: str
    message: str
    xml_code: str
    domain: str = "global"


# `{permission}`, `{object}` and `{what}` are the call's own.
_WORDS = {
    400: _Words("invalid", "Invalid argument.", "InvalidArgument"),
    401: _Words("authError", "Invalid Credentials", "AuthenticationRequired"),
    403: _Words(
        "forbidden",
        "The caller does not have {permission} access to the Google Cloud Storage "
        "{what}. Permission '{permission}' denied on resource (or it may not exist).",
        "AccessDenied",
    ),
    404: _Words("notFound", "No such object: {object}", "NoSuchKey"),
    408: _Words("requestTimeout", "Request timed out.", "RequestTimeout"),
    409: _Words("conflict", "The request conflicts with another one.", "Conflict"),
    410: _Words("gone", "The upload session is gone.", "Gone"),
    412: _Words(
        "conditionNotMet",
        "At least one of the pre-conditions you specified did not hold.",
        "PreconditionFailed",
    ),
    429: _Words(
        "rateLimitExceeded",
        "The object {object} exceeded the rate limit for object mutation operations "
        "(create, update, and delete). Please reduce your request rate. See "
        "https://cloud.google.com/storage/docs/gcs429.",
        "SlowDown",
        "usageLimits",
    ),
    502: _Words("badGateway", "Bad Gateway", "BadGateway"),
    503: _Words("backendError", _AGAIN, "ServiceUnavailable"),
    504: _Words("gatewayTimeout", "Gateway Timeout", "GatewayTimeout"),
}
_OTHER = _Words("backendError", _AGAIN, "InternalError")


def storage_error(error: FaultError, call: StorageCall) -> StorageError:
    """
    The error that a call is refused with, if a rule says so.
    """
    words = _WORDS.get(error.status, _OTHER)
    place = call.resource.removeprefix("projects/_/buckets/")
    permission = call.method.replace(".insert", ".create")
    message = error.message or words.message.format(
        permission=permission,
        object=place.replace("/objects/", "/", 1),
        what="object" if "/objects/" in call.resource else "bucket",
    )
    kind = type(
        "InjectedError",
        (_InjectedError,),
        {
            "status": error.status,
            "reason": words.reason,
            "domain": words.domain,
            "xml_code": words.xml_code,
            "xml_message": message,
        },
    )
    return cast("StorageError", kind(message))


class _InjectedError(StorageError):
    domain = "global"

    def body(self) -> dict[str, object]:
        told = super().body()
        told["error"]["errors"][0]["domain"] = self.domain
        return told
