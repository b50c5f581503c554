"""
An OpenAI-compatible server on this machine as the model.
"""

import asyncio
import sys
import threading
import traceback
from concurrent.futures import Future

from localcloud.google_codes import Code
from localcloud.vertex.answers.answer import Asked, short_name
from localcloud.vertex.answers.config import read_config
from localcloud.vertex.answers.fields import Json
from localcloud.vertex.answers.prompt import read_prompt
from localcloud.vertex.answers.row_error import RowError
from localcloud.vertex.responders.concurrent import Concurrent
from localcloud.vertex.responders.openai.client import ChatClient
from localcloud.vertex.responders.openai.completion import NoCompletionError, response
from localcloud.vertex.responders.openai.messages import is_text_alone, messages
from localcloud.vertex.responders.openai.parameters import parameters
from localcloud.vertex.responders.responses import storable
from localcloud.vertex.responders.spec import Spec

_LONGEST_MESSAGE = 2_000


class ChatResponder(Concurrent):
    """
    Asks the server, `at_once` rows at a time. A row that is taken back is no longer
    waited for, so that the server may stop working on it. It ends with its process.
    """

    def __init__(self, spec: Spec, *, key: str | None) -> None:
        super().__init__(spec.at_once)
        self._model = spec.model
        self._client = ChatClient(
            spec.url,
            key=key,
            seconds=spec.seconds,
            tries=spec.tries,
        )
        self._free = asyncio.Semaphore(spec.at_once)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="openai", daemon=True
        )
        self._thread.start()

    def _begin(self, asked: Asked) -> "Future[Json]":
        return asyncio.run_coroutine_threadsafe(self._answer(asked), self._loop)

    async def _answer(self, asked: Asked) -> Json:
        try:
            return await self._asked(asked)
        except RowError:
            raise
        except Exception as error:
            # It is a row's failure, never the whole job's.
            traceback.print_exc(file=sys.stderr)
            said = f"{type(error).__name__}: {error}"[:_LONGEST_MESSAGE]
            raise RowError(said, Code.INTERNAL) from error

    async def _asked(self, asked: Asked) -> Json:
        async with self._free:
            # It reads media, and may take a while for large ones.
            request = await asyncio.to_thread(chat_request, asked, self._model)
            completion = await self._client.complete(request)
        text_alone = is_text_alone(request["messages"])
        try:
            return storable(response(completion, asked, text_alone=text_alone))
        except NoCompletionError as error:
            raise RowError(
                f"The server's answer is no chat completion: {error}.", Code.INTERNAL
            ) from error


def chat_request(asked: Asked, model: str) -> Json:
    """
    The body of the request for a completion; a RowError for what Vertex AI itself
    would refuse, or a chat can't say.
    """
    read_config(asked.request)
    read_prompt(asked.request, asked.media, role_required=asked.role_required)
    try:
        return {
            "model": model or short_name(asked.model),
            "messages": messages(asked.request, asked.media),
            **parameters(asked.request),
            "stream": False,
        }
    except (TypeError, ValueError, AttributeError, KeyError, RecursionError) as error:
        # A field that has another form than the API gives it.
        raise RowError(f"Invalid JSON payload received. {error!r}") from error
