"""
Ack ids: which delivery of which message an acknowledgement is about.

An id says it all, so that it is understood after a restart as well.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from struct import Struct
from struct import error as StructError

from localcloud.pubsub.refusals import RefusedError, invalid

_PARTS = Struct(">IQII")


@dataclass(frozen=True, slots=True, kw_only=True)
class AckId:
    """
    One lease: the message, the how-manieth lease of it, and the run of the
    broker that counted. Counting begins anew with every run.
    """

    subscription: int
    seq: int
    run: int
    lease: int

    def __str__(self) -> str:
        parts = _PARTS.pack(self.subscription, self.seq, self.run, self.lease)
        return urlsafe_b64encode(parts).decode().rstrip("=")


def read_ack_id(text: str, *, subscription: int) -> AckId:
    """
    The lease that `text` names; INVALID_ARGUMENT if it names none of this
    subscription's.
    """
    padded = text + "=" * (-len(text) % 4)
    try:
        found, seq, run, lease = _PARTS.unpack(urlsafe_b64decode(padded))
    except (ValueError, StructError) as error:
        raise _malformed(text) from error
    ack_id = AckId(subscription=found, seq=seq, run=run, lease=lease)
    if found != subscription or str(ack_id) != text:
        raise _malformed(text)
    return ack_id


def _malformed(text: str) -> RefusedError:
    return invalid(f"You have passed an invalid ack ID to the service (ack_id={text}).")
