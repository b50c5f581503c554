"""
What runs deployed functions on Google Cloud: what of it is simulated, and what not.
"""

from localcloud.coverage import Covered, NotSimulated

_RETRY = "https://cloud.google.com/eventarc/docs/retry-events"
_NOTIFICATIONS = "https://cloud.google.com/storage/docs/pubsub-notifications"
_SCHEDULER = "google/cloud/scheduler/v1/job.proto and target.proto"

COVERED = (
    Covered(
        "an event for each new generation of an object, as a CloudEvent in binary mode",
        "sure",
        "https://github.com/googleapis/google-cloudevents",
    ),
    Covered(
        "events at least once, in any order, several under ids of their own on demand",
        "sure",
        _NOTIFICATIONS,
    ),
    Covered(
        "an event is delivered again until it is answered with a 2xx, after 10 s to "
        "600 s, for 24 hours (locally in tenths of seconds)",
        "sure",
        _RETRY,
    ),
    Covered(
        "an attempt that is not answered in time is repeated beside the first",
        "likely",
        "Pub/Sub's acknowledgement deadline; what Eventarc sets is not documented",
    ),
    Covered(
        "a scheduled call with Cloud Scheduler's headers and an identity token, never "
        "two at once",
        "sure",
        _SCHEDULER,
    ),
    Covered(
        "before each function, Cloud Run's check of who calls: 403 without an identity "
        "token or `run.routes.invoke`, 401 with a token that is not for this address",
        "sure",
        "https://cloud.google.com/run/docs/authenticating/service-to-service",
    ),
    Covered(
        "a function sees no headers of the connection alone, and a token in "
        "`X-Serverless-Authorization` without its signature",
        "sure",
        "https://cloud.google.com/run/docs/authenticating/service-to-service",
    ),
    Covered(
        "a token in `Authorization` keeps its signature",
        "likely",
        "https://cloud.google.com/run/docs/troubleshooting says that those lose it "
        "which gcloud made for a user; service accounts call here",
    ),
    Covered(
        "a trigger whose account lacks `eventarc.events.receiveEvent` has no event "
        "until it is granted",
        "likely",
        "https://cloud.google.com/eventarc/docs/access-control",
    ),
    Covered(
        "functions in the functions-framework, from the archive that is deployed, each "
        "with its own account and nothing of the user's environment",
        "sure",
        "functions-framework 3.10, run",
    ),
)

NOT_SIMULATED = (
    NotSimulated(
        "events of other services, and filters beyond type and bucket",
        "the pipeline listens to one bucket",
    ),
    NotSimulated(
        "instances: several at once, cold starts, limits of memory and time",
        "each function is one process",
    ),
    NotSimulated("Cloud Scheduler's retries and cron expressions", "one fixed period"),
)
