"""
The page: its files, the data that it shows, and the one thing it changes by itself.

Its data is for programs, too: docs/local-cloud/page.md describes it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from localcloud.door.google_errors import google_error
from localcloud.page.answers import answer, answer_json
from localcloud.page.asked import Asked, AskedError, GoneError
from localcloud.page.state import jobs, messages, objects
from localcloud.page.state.drops import Drops
from localcloud.page.state.lines import Lines
from localcloud.page.state.summary import Deployed, Told, summary
from localcloud.page.static_files import PREFIX as FILES
from localcloud.page.static_files import static_file
from localcloud.pipeline.deployment import Deployment
from localcloud.pipeline.function import Function
from localcloud.pubsub.broker import Broker
from localcloud.storage.disk.store import Store
from localcloud.storage.rules.errors import StorageError
from localcloud.vertex.api.errors import ApiError
from localcloud.vertex.jobs.overview import Overview

STATE = "/admin/state/"
_CANCEL = "jobs/cancel"
_DOWNLOAD = "download"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """
    Where a local cloud keeps what the page shows.
    """

    store: Store
    broker: Broker
    jobs: Overview
    faults_on: Callable[[], int]


class Page:
    """
    Answers for `/`, the page's files and `/admin/state/`.

    It is there before what it shows is, and says 503 until then.
    """

    def __init__(self, told: Told) -> None:
        self.lines = Lines()
        self._told = told
        self._stores: Stores | None = None
        self._drops: Drops | None = None
        self._deployed: Deployed | None = None

    def show(self, stores: Stores) -> None:
        """
        Show what is in these from now on.
        """
        self._stores = stores

    def show_pipeline(
        self, deployment: Deployment, functions: Mapping[str, Function]
    ) -> None:
        """
        Show a pipeline's drops and functions, too.
        """
        assert self._stores is not None, "the stores come first"
        self._deployed = Deployed(deployment=deployment, functions=functions)
        self._drops = Drops(self._stores.store, self._stores.jobs, deployment)

    @staticmethod
    def serves(path: str) -> bool:
        """
        Whether a path is the page's.
        """
        return path == "/" or path.startswith((FILES, STATE))

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """
        Answer a request that `serves` and the guard have let through.
        """
        path = request.path
        if path.startswith(STATE):
            return await self._state(request, path.removeprefix(STATE))
        name = "index.html" if path == "/" else path.removeprefix(FILES)
        found = static_file(name) if request.method in ("GET", "HEAD") else None
        if found is None:
            return google_error(404, f"The page has no {path}.")
        return answer(request, *found)

    async def _state(self, request: web.BaseRequest, what: str) -> web.StreamResponse:
        if self._stores is None:
            return google_error(503, "The local cloud is still starting.")
        asked = Asked(request.query)
        try:
            if (request.method, what) == ("POST", _CANCEL):
                return self._cancel(request, await request.read())
            if request.method not in ("GET", "HEAD"):
                return google_error(404, f"The page has no {request.path}.")
            if what == _DOWNLOAD:
                return await objects.download(self._stores.store, asked, request)
            read = self._reading(self._stores).get(what)
            if read is None:
                return google_error(404, f"There is no {request.path} in this cloud.")
            return answer_json(request, read(asked))
        except AskedError as error:
            return google_error(400, str(error))
        except GoneError as error:
            return google_error(404, str(error.args[0]))
        except StorageError as error:
            return google_error(error.status, error.message)
        except ApiError as error:
            return google_error(error.http_status, error.message)

    def _reading(self, stores: Stores) -> Mapping[str, Callable[[Asked], Any]]:
        store, broker = stores.store, stores.broker
        reading: dict[str, Callable[[Asked], Any]] = {
            "summary": lambda asked: summary(
                self._told,
                jobs=stores.jobs,
                broker=broker,
                drops=self._drops,
                deployed=self._deployed,
                faults_on=stores.faults_on(),
            ),
            "buckets": lambda asked: objects.buckets(store, asked),
            "objects": lambda asked: objects.objects(store, asked),
            "object": lambda asked: objects.one_object(store, asked),
            "jobs": lambda asked: jobs.jobs(stores.jobs, asked),
            "job": lambda asked: jobs.one_job(stores.jobs, asked),
            "topics": lambda asked: messages.topics(broker, asked),
            "messages": lambda asked: messages.messages(broker, asked),
        }
        if self._drops is not None:
            reading |= {
                "drops": self._drops.page,
                "drop": self._drops.one_drop,
                "logs": self.lines.shown,
            }
        return reading

    def _cancel(self, request: web.BaseRequest, body: bytes) -> web.Response:
        assert self._stores is not None
        if request.content_type != "application/json":
            return google_error(415, "Send application/json.")
        try:
            job_id = json.loads(body)["id"]
        except (ValueError, TypeError, KeyError):
            job_id = None
        if not isinstance(job_id, str):
            raise AskedError('send {"id": "the job\'s number"}')
        self._stores.jobs.cancel(job_id)
        job = self._stores.jobs.find(job_id)
        return answer_json(request, jobs.one(self._stores.jobs, job))
