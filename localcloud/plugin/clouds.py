"""
The local clouds of one test process: started with the first test that uses one, and in
force in the environment of those tests alone.
"""

import contextlib
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from localcloud import child
from localcloud.plugin import options
from localcloud.plugin.cloud import Cloud, LocalCloud, LocalPipeline

BARE = "localcloud"
PIPELINE = "localcloud_pipeline"
_NAMES = (BARE, PIPELINE)


class Clouds:
    """
    At most one of each kind; the test that runs has entered what it uses.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._running: dict[str, Cloud] = {}
        self._entered: list[Cloud] = []
        # Which cloud a fixture is built on, by the fixture's name.
        self._built_on: dict[str, str] = {}

    @contextlib.contextmanager
    def bare(self, folder: Path) -> Iterator[LocalCloud]:
        """
        Run Google's services alone.
        """
        with self._process(folder, ["--bare"]) as told:
            cloud = LocalCloud(
                BARE,
                told,
                projects=options.projects(self._config),
                faults=options.faults(self._config),
            )
            with self._run(cloud, BARE):
                yield cloud

    @contextlib.contextmanager
    def pipeline(self, folder: Path) -> Iterator[LocalPipeline]:
        """
        Run all of it.
        """
        with self._process(folder, []) as told:
            cloud = LocalPipeline(PIPELINE, told)
            with self._run(cloud, PIPELINE):
                yield cloud

    def begin(self, item: pytest.Item) -> None:
        """
        A test begins: enter what it uses, if that runs already.
        """
        for name in getattr(item, "fixturenames", ()):
            cloud = self._running.get(name)
            if cloud is None:
                continue
            self._enter(cloud)
            if isinstance(cloud, LocalCloud) and options.wants_reset(self._config):
                cloud.reset()

    def end(self) -> None:
        """
        The test and its fixtures have ended: leave what it used.
        """
        while self._entered:
            cloud = self._entered.pop()
            try:
                if cloud in self._running.values():
                    cloud.faults.end_of_test()
            finally:
                cloud.process_environment.leave()

    @contextlib.contextmanager
    def setting_up(self, fixture: pytest.FixtureDef[Any]) -> Iterator[None]:
        """
        See to it that a fixture that is built on a cloud, and outlives a test, is
        torn down in that cloud's environment, whichever test is the last.
        """
        names = [self._built_on.get(name, name) for name in fixture.argnames]
        built_on = next((name for name in names if name in _NAMES), None)
        if built_on is None or fixture.argname in _NAMES:
            yield
            return
        self._built_on[fixture.argname] = built_on
        cloud = self._running.get(built_on)
        if cloud is None or fixture.scope == "function":
            yield
            return
        stack = contextlib.ExitStack()
        # Finalizers are called in the reverse order.
        fixture.addfinalizer(stack.close)
        yield
        fixture.addfinalizer(lambda: stack.enter_context(cloud.entered()))

    @contextlib.contextmanager
    def _run(self, cloud: Cloud, name: str) -> Iterator[None]:
        self._running[name] = cloud
        try:
            self._enter(cloud)
            yield
        finally:
            del self._running[name]

    def _enter(self, cloud: Cloud) -> None:
        if cloud not in self._entered:
            cloud.process_environment.enter()
            self._entered.append(cloud)

    @contextlib.contextmanager
    def _process(self, folder: Path, more: Sequence[str]) -> Iterator[dict[str, Any]]:
        for other in self._running.values():
            _share_authority(other.data, folder)
        given = [*more, *options.arguments(self._config)]
        try:
            with child.local_cloud(folder, given) as told:
                yield told
        except child.StartError as error:
            pytest.fail(f"the local cloud did not start: {error}", pytrace=False)


def _share_authority(of: Path, folder: Path) -> None:
    """
    Let a cloud that is to be use another's authority: gRPC reads the certificates that
    it trusts once in the life of a process.
    """
    shutil.copytree(of / "authority", folder / "authority")
    # By which a data folder is known as one.
    (folder / "lock").touch()
