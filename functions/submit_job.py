"""An object was finalized in the inbox: claim it, check it, submit it."""

import functions_framework
from cloudevents.http import CloudEvent

from shared import wiring
from shared.drops import drop_from_event
from shared.errors import EventError, RecordError
from shared.logs import Severity, log


@functions_framework.cloud_event
def submit_job(event: CloudEvent) -> None:
    """
    Return once the drop's fate is durable; raise when delivering the event
    again would help. The framework answers 200 to the one, 500 to the other.
    """
    try:
        drop = drop_from_event(event["type"], event.get_data())
        wiring.submission().receive(drop)
    except (EventError, RecordError) as error:
        log(
            "event_refused",
            severity=Severity.ERROR,
            error=type(error).__name__,
            message=str(error),
        )
