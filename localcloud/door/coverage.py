"""
What of Google's front door is simulated, and what is left out.
"""

from localcloud.coverage import Covered, NotSimulated

_CLIENTS = "Google's own clients, run unchanged in the tests"

COVERED = (
    Covered(
        "HTTPS and gRPC on port 443 of Google's own host names, told apart by ALPN",
        "sure",
        _CLIENTS,
    ),
    Covered(
        "access tokens for service account keys, by `oauth2.googleapis.com/token` and "
        "its older name, good for an hour",
        "sure",
        "google-auth 2.62, run in the tests",
    ),
    Covered(
        "tokens that an account signs itself, as gRPC clients send them",
        "sure",
        "https://google.aip.dev/auth/4111",
    ),
    Covered(
        "identity tokens with an audience, for Cloud Scheduler's and push calls",
        "sure",
        "https://cloud.google.com/docs/authentication/token-types#id",
    ),
    Covered(
        "a token that has ended, or was made elsewhere, is a 401; a project that is "
        "not there is refused",
        "likely",
        "errors that users of Google Cloud report; the texts vary by API",
    ),
)

NOT_SIMULATED = (
    NotSimulated(
        "every other host and every other API of Google",
        "the door answers 403: nothing behind it can reach the world",
    ),
    NotSimulated(
        "what an account may do (IAM), but for the deployment's own accounts",
        "those may do what terraform/grants.json says; every other is an owner",
    ),
    NotSimulated(
        "the metadata server, workload identity, client certificates",
        "a service account's key in a file is what every client can use anywhere",
    ),
    NotSimulated(
        "signatures of tokens that are sent to the local cloud",
        "there is nothing to win by forging one",
    ),
)
