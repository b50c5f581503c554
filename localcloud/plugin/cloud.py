"""
A running local cloud, as a test sees it.
"""

import contextlib
import os
import subprocess
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from localcloud.plugin import cleaning
from localcloud.plugin.calls import DoorCalls, admin_call
from localcloud.plugin.environment import Environment
from localcloud.plugin.switches import FaultSwitches

_LONGEST_PREFIX = 40


class Cloud:
    """
    What both kinds of local cloud have; made from what one tells at its start.
    """

    def __init__(self, name: str, told: Mapping[str, Any]) -> None:
        self.told = told
        self.project: str = told["project"]
        """
        The project that Google's clients find in the environment.
        """
        self.data = Path(told["data"])
        """
        The folder that holds all of it; the functions' logs are in `logs`.
        """
        self.admin_url: str = told["admin"]
        """
        The loopback address of its page, and of what it lets others change.
        """
        self.faults = FaultSwitches(self.admin_url)
        self.process_environment = Environment(name, told["variables"], told["unset"])
        self.calls = DoorCalls(told["variables"])

    @property
    def variables(self) -> dict[str, str]:
        """
        The variables that point unchanged Google clients at it.
        """
        return dict(self.process_environment.variables)

    @property
    def environment(self) -> dict[str, str]:
        """
        This process's environment, as a program needs it that is to reach it.
        """
        return self.process_environment.of(os.environ)

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """
        Point this process's clients at it, for code outside of a test that uses it.
        """
        self.process_environment.enter()
        try:
            yield
        finally:
            self.process_environment.leave()

    def run(
        self,
        *command: str | Path,
        input: str | None = None,
        cwd: str | Path | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float = 60,
        check: bool = True,
    ) -> "subprocess.CompletedProcess[str]":
        """
        Run a program that reaches it; what it printed, as text.

        Raises subprocess.CalledProcessError if it fails, unless `check` is false, and
        subprocess.TimeoutExpired if it takes too long.
        """
        done = subprocess.run(
            [str(part) for part in command],
            env=self.environment | dict(env or {}),
            input=input,
            cwd=cwd,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        if check and done.returncode:
            raise _FailedError(done)
        return done

    def new_bucket(self, prefix: str = "test", location: str = "us-central1") -> str:
        """
        Make an empty bucket under a name that no other has; its name.
        """
        name = f"{prefix[:_LONGEST_PREFIX]}-{uuid.uuid4().hex[:12]}"
        cleaning.create_bucket(self.calls, self.project, name, location)
        return name

    def delete_bucket(self, name: str) -> None:
        """
        Delete a bucket and all that it holds; nothing happens if it is gone.
        """
        cleaning.delete_bucket(self.calls, name)


class LocalCloud(Cloud):
    """
    Google's services alone: nothing is in it but what tests put there.
    """

    def __init__(
        self,
        name: str,
        told: Mapping[str, Any],
        *,
        projects: Sequence[str] = (),
        faults: Sequence[Any] = (),
    ) -> None:
        super().__init__(name, told)
        self._projects = (self.project, *projects)
        self._faults = faults

    def reset(self) -> None:
        """
        Make it as it was at its start: no bucket, topic, subscription or job in any
        project, and no fault but the scenario's, each as if nothing had met it yet.
        """
        # What empties it is not to meet any.
        self.faults.clear()
        admin_call(self.admin_url, "DELETE", "/admin/jobs")
        for project in self._projects:
            cleaning.delete_buckets(self.calls, project)
            cleaning.delete_topics(self.calls, project)
        self.faults.switch_on(self._faults)


class LocalPipeline(Cloud):
    """
    The whole pipeline: what is dropped into `inbox` under `prefix` is answered.
    """

    def __init__(self, name: str, told: Mapping[str, Any]) -> None:
        super().__init__(name, told)
        self.inbox: str = told["inbox"]
        self.media: str = told["media"]
        self.results: str = told["results"]
        self.topic: str = told["topic"]
        self.subscription: str = told["subscription"]
        self.region: str = told["region"]


class _FailedError(subprocess.CalledProcessError):
    """
    Shows what the program said before it failed.
    """

    def __init__(self, done: "subprocess.CompletedProcess[str]") -> None:
        super().__init__(done.returncode, done.args, done.stdout, done.stderr)

    def __str__(self) -> str:
        return f"{super().__str__()}\n{self.stdout}{self.stderr}"
