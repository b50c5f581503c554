"""
How many push requests may be out at once, and when the next one may go.

It begins with one. Each success makes room for one more, so that the number doubles
with every round; each failure halves it. An endpoint that goes on failing is left in
peace for longer and longer, whatever the retry policy says of single messages.
https://cloud.google.com/pubsub/docs/push#push_backoff
"""

_SHORTEST_SECONDS = 0.1
_LONGEST_SECONDS = 60.0
# The service goes to thousands; two cores that also run the endpoint do not.
_LARGEST = 100


class Window:
    """
    The slow start and the backoff of one push subscription. Times are in seconds.
    """

    def __init__(self) -> None:
        self.size = 1
        self.closed_until = 0.0
        self._failures = 0

    def succeeded(self) -> None:
        self.size = min(self.size + 1, _LARGEST)
        self._failures = 0
        self.closed_until = 0.0

    def failed(self, now: float) -> None:
        """
        Requests that were out together and failed together count as one failure.
        """
        self.size = max(self.size // 2, 1)
        if now >= self.closed_until:
            rest = _SHORTEST_SECONDS * 2.0 ** min(self._failures, 20)
            self.closed_until = now + min(rest, _LONGEST_SECONDS)
            self._failures += 1
