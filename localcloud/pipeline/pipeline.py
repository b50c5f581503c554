"""
The pipeline on the local cloud: both functions, what brings them events, and ticks.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from localcloud import grants
from localcloud.door.identity import IdentityTokens
from localcloud.permits import Permits
from localcloud.pipeline import source_archive
from localcloud.pipeline.delivery import DeliveryTerms, Disturbance
from localcloud.pipeline.deployment import POLL_SECONDS, Deployment
from localcloud.pipeline.eventarc import RECEIVE_EVENT, Bridge
from localcloud.pipeline.front import Front
from localcloud.pipeline.function import Function, FunctionSpec, Signature
from localcloud.pipeline.function_log import Listener
from localcloud.pipeline.leash import Leash
from localcloud.pipeline.scheduler import Scheduler
from localcloud.storage.disk.outbox import EventType, Feed, Watch
from localcloud.storage.disk.store import Store

# Retries after half a second and not ten, for whoever watches.
LOCAL_TERMS = DeliveryTerms(backoff_seconds=0.5, longest_backoff_seconds=5.0)

_SERVED_SECONDS = 60.0

# Seconds: events of files that are dropped at the start have come by then.
_FIRST_LOOK = 10


class NotServedError(RuntimeError):
    """
    A function could not be brought up; the message holds the end of its log.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineTerms:
    """
    How the pipeline runs: what is deployed, how often it ticks and looks for events
    that were lost, how events travel.
    """

    source: Path
    deployment: Deployment
    tick_seconds: float = 1.0
    backstop_seconds: float = 60.0
    delivery: DeliveryTerms = LOCAL_TERMS
    disturbance: Disturbance = Disturbance()  # noqa: RUF009  # it is frozen


class Pipeline:
    """
    Runs the deployable archive of a source folder, until it is stopped. Whoever calls
    its functions does so through their `fronts`.
    """

    def __init__(
        self,
        terms: PipelineTerms,
        *,
        folder: Path,
        logs: Path,
        store: Store,
        identity: IdentityTokens,
        permits: Permits,
        environments: Mapping[str, Mapping[str, str]],
        listener: Listener | None = None,
    ) -> None:
        unpacked = source_archive.unpack(
            source_archive.build(terms.source), folder / "source"
        )
        self._leash = Leash()
        self.functions = {
            name: Function(
                FunctionSpec(
                    name=name,
                    service=terms.deployment.called(name),
                    signature=signature,
                    environment=environments[name],
                ),
                source=unpacked,
                logs=logs,
                leash=self._leash,
                listener=listener,
            )
            for name, signature in FUNCTIONS.items()
        }
        deployment = terms.deployment
        self.fronts = {
            name: Front(
                function,
                service=deployment.called(name),
                identity=identity,
                permits=permits,
            )
            for name, function in self.functions.items()
        }
        submit_job, poll_jobs = (self.fronts[name] for name in FUNCTIONS)
        trigger = deployment.account("trigger")
        feed = watch_inbox(store, deployment)
        self.bridge = Bridge(
            feed,
            bucket=deployment.bucket("inbox"),
            target=lambda: submit_job.url,
            token=partial(identity.token, trigger),
            may_receive=partial(
                permits.may, trigger, RECEIVE_EVENT, grants.project(deployment.project)
            ),
            terms=terms.delivery,
            disturbance=terms.disturbance,
        )
        feed.on_event(self.bridge.notify)
        self.schedulers = [
            Scheduler(
                job=deployment.called(job),
                target=lambda: poll_jobs.url,
                token=partial(identity.token, deployment.account("scheduler")),
                period_seconds=period,
                deadline_seconds=POLL_SECONDS,
                path=path,
                begins_after_seconds=begins_after,
            )
            # Who starts this and stops it at once waits for no look at the inbox.
            for job, path, period, begins_after in (
                ("poll_jobs", "/", terms.tick_seconds, 0),
                ("backstop", "/backstop", terms.backstop_seconds, _FIRST_LOOK),
            )
        ]

    async def start(self) -> None:
        """
        Bring both functions up, then let events and ticks come.

        Raises NotServedError if one does not come up within a minute.
        """
        for front in self.fronts.values():
            await front.start()
        for function in self.functions.values():
            function.start()
        for function in self.functions.values():
            try:
                await asyncio.wait_for(function.served(), _SERVED_SECONDS)
            except TimeoutError as error:
                raise NotServedError(
                    f"{function.name} does not come up; the end of "
                    f"{function.log.path}:\n{function.log.tail}"
                ) from error
        self.bridge.start()
        for scheduler in self.schedulers:
            scheduler.start()

    async def stop(self) -> None:
        """
        Stop what calls the functions, then them and all their processes.
        """
        await asyncio.gather(
            self.bridge.stop(), *(scheduler.stop() for scheduler in self.schedulers)
        )
        await asyncio.gather(*(each.stop() for each in self.fronts.values()))
        await asyncio.gather(*(each.stop() for each in self.functions.values()))
        self._leash.close()


def watch_inbox(store: Store, deployment: Deployment) -> Feed:
    """
    Have the events kept that the pipeline's one trigger asks for.

    To be called before anyone can drop a file: what nobody watches is not kept.
    """
    return store.watch(
        Watch(
            recipient="eventarc",
            bucket=deployment.bucket("inbox"),
            kinds=frozenset({EventType.FINALIZED}),
        )
    )


FUNCTIONS: Mapping[str, Signature] = {
    "submit_job": Signature.CLOUDEVENT,
    "poll_jobs": Signature.HTTP,
}
