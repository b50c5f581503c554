"""
Every refusal of Cloud Storage, with the words that the service uses.

An error knows the three shapes it may be told in: the JSON API's error body,
the plain text of a media download, and the XML API's document.
"""

from typing import Any, ClassVar


class StorageError(Exception):
    """
    A request is refused; `status` is the HTTP status of the refusal.
    """

    status: ClassVar[int] = 500
    reason: ClassVar[str] = "backendError"
    domain: ClassVar[str] = "global"
    location_type: ClassVar[str | None] = None
    location: ClassVar[str | None] = None
    xml_code: ClassVar[str] = "InternalError"
    xml_message: ClassVar[str] = "We encountered an internal error. Please try again."

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def body(self) -> dict[str, Any]:
        """
        The error as the JSON API tells it.
        """
        detail = {
            "message": self.message,
            "domain": self.domain,
            "reason": self.reason,
        }
        if self.location_type is not None:
            detail["locationType"] = self.location_type
        if self.location is not None:
            detail["location"] = self.location
        return {
            "error": {"code": self.status, "message": self.message, "errors": [detail]}
        }


class InvalidError(StorageError):
    """
    A value can't be what it is.
    """

    status = 400
    reason = "invalid"
    xml_code = "InvalidArgument"
    xml_message = "Invalid argument."


class RequiredError(StorageError):
    """
    A value is missing.
    """

    status = 400
    reason = "required"
    xml_code = "InvalidArgument"
    xml_message = "Invalid argument."


class ParseError(StorageError):
    """
    The body is not the JSON object that it should be.
    """

    status = 400
    reason = "parseError"

    def __init__(self, message: str = "Parse Error") -> None:
        super().__init__(message)


class UnauthenticatedError(StorageError):
    """
    No bearer token came with the request.
    """

    status = 401
    reason = "required"
    location_type = "header"
    location = "Authorization"
    xml_code = "AuthenticationRequired"
    xml_message = "Authentication required."

    def __init__(self, permission: str) -> None:
        super().__init__(
            f"Anonymous caller does not have {permission} access to the Google "
            f"Cloud Storage resource. Permission '{permission}' denied on resource "
            "(or it may not exist)."
        )


class BadCredentialsError(StorageError):
    """
    The bearer token that came is not good, or not good any more.
    """

    status = 401
    reason = "authError"
    location_type = "header"
    location = "Authorization"
    xml_code = "AuthenticationRequired"
    xml_message = "Authentication required."

    def __init__(self) -> None:
        super().__init__("Invalid Credentials")


class NotFoundError(StorageError):
    """
    What the path names does not exist.
    """

    status = 404
    reason = "notFound"
    xml_code = "NoSuchKey"
    xml_message = "The specified key does not exist."

    def __init__(self, message: str = "Not Found") -> None:
        super().__init__(message)


class NoSuchBucketError(NotFoundError):
    """
    There is no bucket of that name.
    """

    xml_code = "NoSuchBucket"
    xml_message = "The specified bucket does not exist."

    def __init__(self) -> None:
        super().__init__("The specified bucket does not exist.")


class NoSuchObjectError(NotFoundError):
    """
    There is no such object, or not that generation of it.
    """

    def __init__(self, bucket: str, name: str) -> None:
        super().__init__(f"No such object: {bucket}/{name}")
        self.bucket = bucket


class ConflictError(StorageError):
    """
    The bucket's state does not allow it.
    """

    status = 409
    reason = "conflict"


class PreconditionFailedError(StorageError):
    """
    A precondition of the request does not hold; nothing was changed.
    """

    status = 412
    reason = "conditionNotMet"
    location_type = "header"
    location = "If-Match"
    xml_code = "PreconditionFailed"
    xml_message = "At least one of the pre-conditions you specified did not hold."

    def __init__(self) -> None:
        super().__init__(self.xml_message)


class NotModifiedError(StorageError):
    """
    A read asked only for what differs, and nothing does.
    """

    status = 304
    reason = "notModified"

    def __init__(self) -> None:
        super().__init__("Not Modified")


class RangeNotSatisfiableError(StorageError):
    """
    The range begins past the end of the content, which has `size` bytes.
    """

    status = 416
    reason = "requestedRangeNotSatisfiable"
    location_type = "header"
    location = "Range"
    xml_code = "InvalidRange"
    xml_message = "The requested range cannot be satisfied."

    def __init__(self, size: int) -> None:
        super().__init__("Request range not satisfiable")
        self.size = size


class TooManyWritesError(StorageError):
    """
    One name was written too often; the same after a pause will do.

    https://cloud.google.com/storage/docs/gcs429
    """

    status = 429
    reason = "rateLimitExceeded"
    domain = "usageLimits"
    xml_code = "SlowDown"
    xml_message = "Please reduce your request rate."

    def __init__(self, bucket: str, name: str) -> None:
        super().__init__(
            f"The object {bucket}/{name} exceeded the rate limit for object mutation "
            "operations (create, update, and delete). Please reduce your request "
            "rate. See https://cloud.google.com/storage/docs/gcs429."
        )


class UnavailableError(StorageError):
    """
    Not now; asking again may help.
    """

    status = 503
    reason = "backendError"


class UnsupportedError(StorageError):
    """
    The real service does this and this server does not, and says so.
    """

    status = 501
    reason = "notImplemented"
    xml_code = "NotImplemented"
    xml_message = "The local cloud does not have this."

    def __init__(self, what: str) -> None:
        super().__init__(f"The local cloud's Cloud Storage does not have {what}.")
