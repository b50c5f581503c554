"""
Responders that take their time: several rows are asked at once, and none is waited
for where other jobs could go on.
"""

from abc import ABC, abstractmethod
from concurrent.futures import Future
from threading import Event

from localcloud.vertex.answers.answer import Asked
from localcloud.vertex.answers.fields import Json


class Concurrent(ABC):
    """
    Answers rows in the background, no more than `at_once` at the same time, however
    many jobs ask.

    `news` is set whenever an answer has come.
    """

    def __init__(self, at_once: int) -> None:
        self.at_once = at_once
        self.news = Event()

    def begin(self, asked: Asked) -> "Future[Json]":
        """
        Begin to answer; the future has the response, or a RowError.
        """
        future = self._begin(asked)
        future.add_done_callback(lambda done: self.news.set())
        return future

    @abstractmethod
    def _begin(self, asked: Asked) -> "Future[Json]": ...
