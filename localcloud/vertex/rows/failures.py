"""
Why a job fails, in the service's words: google.rpc codes and messages.
"""

from localcloud.google_codes import Code

_IMPORT = (
    "Failed to import data. Please check 'Prepare input' section of the batch "
    "predictions documentation. "
)


class JobFailure(Exception):
    """
    The job ends FAILED with this error.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def bad_import(reason: str) -> JobFailure:
    """
    The input can't be read as rows.
    """
    return JobFailure(Code.INVALID_ARGUMENT, _IMPORT + reason)


def missing_input(uri: str, code: int) -> JobFailure:
    return JobFailure(code, f"{_IMPORT}Not found: URI {uri}")


def unknown_bucket(bucket: str) -> JobFailure:
    return JobFailure(
        Code.FAILED_PRECONDITION,
        f"Failed to get GCS bucket location for {bucket}. Please check that the "
        "bucket exists and permissions are set correctly.",
    )


def not_permitted(project: str, permission: str, verb: str, uri: str) -> JobFailure:
    agent = f"service-{project}@gcp-sa-aiplatform.iam.gserviceaccount.com"
    return JobFailure(
        Code.PERMISSION_DENIED,
        f"Service account {agent} doesn't have sufficient permission "
        f'"{permission}" to {verb} {uri}.',
    )


def system_error() -> JobFailure:
    return JobFailure(
        Code.INTERNAL,
        "System error. Please try this operation again. If the error persists, "
        "contact support.",
    )


def failed_export() -> JobFailure:
    return JobFailure(
        Code.INTERNAL,
        "Failed to export data. Error encountered during execution. Retrying may "
        "solve the problem.",
    )
