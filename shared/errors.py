"""
Every failure this system names, sorted by the one question a handler asks:
would delivering the same event again help?

    TransientError   yes   raise, answer 500, let Google redeliver
    PermanentError   no    log at ERROR, answer 200, stop the redelivery

An exception that is neither is a bug. It escapes, so it is redelivered and
seen, never swallowed.
"""


class TransientError(Exception):
    """Delivering again may help: a service is away, or somebody else is at it."""


class PermanentError(Exception):
    """Delivering again changes nothing: what arrived can't be worked on."""


class EventError(PermanentError):
    """An event that can't be a drop of ours."""


class RecordError(PermanentError):
    """
    A ledger record that this code must leave alone: an unknown schema version
    or state (newer code wrote it), or fields that contradict its name.
    """


class SettingsError(TransientError):
    """
    A setting is missing or makes no sense; says which, and what would.

    No event may be lost to it: once the setting is mended, delivering helps.
    """


class ServiceError(TransientError):
    """A Google service could not be reached or said to come back later."""


class ForbiddenError(TransientError):
    """A service said 403: grants may still be on their way."""


class RefusedError(PermanentError):
    """A service said that the request itself is wrong, and always will be."""


class MissingError(PermanentError):
    """The named object, generation or job is not there."""

    def __init__(self, name: str) -> None:
        super().__init__(f"not found: {name}")
        self.name = name


class ConflictError(TransientError):
    """A precondition did not hold: somebody else wrote first, or we did."""

    def __init__(self, name: str) -> None:
        super().__init__(f"precondition failed: {name}")
        self.name = name


class LostRaceError(TransientError):
    """The record moved on under us; whoever moved it owns what comes next."""

    def __init__(self, drop_id: str) -> None:
        super().__init__(f"drop {drop_id}: somebody else has moved it on")
        self.drop_id = drop_id


class CreateError(Exception):
    """What Vertex AI answered to a create: its canonical code and its words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class CreateRefusedError(CreateError, PermanentError):
    """Vertex AI said no to a create, for good: no job was made."""


class CreateHeldError(CreateError, TransientError):
    """Vertex AI said not now to a create: no job was made, a later one may be."""


class CreateUnknownError(CreateError, TransientError):
    """Nobody can say whether a create made a job; only looking for it can."""
