"""
`dropbatch local`: the local cloud, until Ctrl-C.
"""

import argparse
import asyncio
import json
import logging
import shlex
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from localcloud.cli import arguments, browser, invitation, until_eof
from localcloud.door.variables import REMOVED
from localcloud.pipeline.deployed_buckets import ROLES
from localcloud.pipeline.deployment import DEFAULT_ROUTES, Deployment

if TYPE_CHECKING:
    from localcloud.cloud import LocalCloud

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """
    Add the command to the parser.
    """
    parser = commands.add_parser(
        "local",
        help="run the local cloud until Ctrl-C",
        description="Run the whole pipeline and the Google Cloud it needs on this "
        "machine, until Ctrl-C, and print how to use it from another terminal. What "
        "it knows is kept in the data folder and is there again the next time.",
    )
    arguments.add_data(parser)
    parser.add_argument(
        "--port",
        type=arguments.port,
        metavar="N",
        help="the door's port (default: the one it had the last time, or a free one)",
    )
    parser.add_argument(
        "--bare",
        action="store_true",
        help="Google's services only: no functions, no buckets, no topic",
    )
    parser.add_argument(
        "--speed",
        type=arguments.factor,
        default=1.0,
        metavar="FACTOR",
        help="batch jobs take 1/FACTOR of their time (default: 1, a few seconds)",
    )
    parser.add_argument(
        "--project",
        action="append",
        type=arguments.project,
        default=[],
        metavar="ID",
        help="a project that is there, too, for code that names its own (may be "
        "repeated)",
    )
    arguments.add_responder(parser)
    parser.add_argument(
        "--routes",
        type=arguments.routes,
        default=DEFAULT_ROUTES,
        metavar="FILE",
        help="routes to try instead of the default one: a JSON list, as in "
        "DROPBATCH_ROUTES",
    )
    parser.add_argument(
        "--time",
        action="append",
        type=arguments.time,
        default=[],
        metavar="NAME=SECONDS",
        help="a time of the deployment, as in Terraform's `times`: "
        f"{arguments.A_TIME} (may be repeated)",
    )
    parser.add_argument(
        "--media-prefix",
        action="append",
        default=[],
        metavar="gs://BUCKET/FOLDER/",
        help="requests may name media under this prefix, too (may be repeated)",
    )
    parser.add_argument(
        "--open", action="store_true", help="open its page in the browser, too"
    )
    parser.add_argument(
        "--scenario",
        type=Path,
        metavar="FILE",
        help="knobs, faults and disturbances from the start (TOML, or JSON; "
        "docs/local-cloud/faults.md)",
    )
    parser.add_argument(
        "--knob",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="what the service does where nobody knows for certain (may be repeated)",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print one line of JSON when it runs, instead of the explanation",
    )
    parser.add_argument(
        "--until-eof",
        action="store_true",
        help="stop when standard input, a pipe, ends: with whoever started this",
    )
    parser.add_argument(
        "--verbose", action="store_true", help="show the functions' logs, too"
    )
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """
    Run until a signal; 0 if that is how it ended.
    """
    logging.basicConfig(
        format="%(levelname)s %(message)s",
        level=logging.INFO if given.verbose else logging.WARNING,
        stream=sys.stderr,
    )
    return asyncio.run(_serve(given))


async def _serve(given: argparse.Namespace) -> int:
    # What follows takes a second to import, which other commands don't need to wait.
    from localcloud.cloud import LocalCloud, Options
    from localcloud.control.scenario import ScenarioError, read_scenario
    from localcloud.grants import GrantsError
    from localcloud.pipeline.pipeline import NotServedError
    from localcloud.pipeline.source_archive import NoSourceError
    from localcloud.vertex.responders.spec import ResponderError
    from shared.errors import SettingsError
    from shared.settings import settings_from

    try:
        scenario = read_scenario(given.scenario, given.knob)
    except ScenarioError as error:
        print(f"dropbatch: {error}", file=sys.stderr)
        return 2
    if given.until_eof and not until_eof.may_end(sys.stdin):
        print(
            "dropbatch: --until-eof waits for the end of a pipe, and standard input is "
            "none: leave it out, or start this with a pipe",
            file=sys.stderr,
        )
        return 2
    loop = asyncio.get_running_loop()
    main = asyncio.current_task()
    assert main is not None

    def stop() -> None:
        # A second one ends it at once; what it started ends by itself.
        for each in _STOPPING:
            loop.remove_signal_handler(each)
            signal.signal(each, signal.SIG_DFL)
        stopped.set()
        main.cancel()

    stopped = asyncio.Event()
    for each in _STOPPING:
        # Under nohup the end of the terminal is no reason to stop.
        if each != signal.SIGHUP or signal.getsignal(each) != signal.SIG_IGN:
            loop.add_signal_handler(each, stop)
    if given.until_eof:
        await until_eof.watch(sys.stdin, stop)
    options = Options(
        folder=arguments.data_folder(given).path,
        port=given.port,
        bare=given.bare,
        speed=given.speed,
        projects=given.project,
        responder=given.responder,
        knobs=scenario.knobs,
        seed=scenario.seed,
        faults=scenario.faults,
        disturbance=scenario.disturbance,
        deployment=Deployment(
            routes=given.routes, times=dict(given.time)
        ).allowing_media(given.media_prefix),
        storage_knobs=scenario.storage_knobs,
        listener=_show if given.verbose else None,
        command=shlex.quote(invitation.command_name()),
    )
    try:
        if not given.bare:
            settings_from(options.deployment.settings())
        async with LocalCloud(options) as cloud:
            _tell(cloud, as_json=given.json)
            if given.open:
                await asyncio.to_thread(
                    browser.show, browser.page_address(cloud.services.admin_port)
                )
            await asyncio.Event().wait()
    except asyncio.CancelledError:
        if not stopped.is_set():
            raise
    except (
        GrantsError,
        NoSourceError,
        NotServedError,
        ResponderError,
        SettingsError,
    ) as error:
        print(f"dropbatch: {arguments.as_typed(str(error))}", file=sys.stderr)
        return 1
    return 0


def _tell(cloud: "LocalCloud", *, as_json: bool) -> None:
    deployment = cloud.options.deployment
    if not as_json:
        print(invitation.text(cloud), flush=True)
        return
    told: dict[str, object] = {
        "data": str(cloud.folder.path),
        "port": cloud.access.port,
        "admin": f"http://127.0.0.1:{cloud.services.admin_port}",
        "page": browser.page_address(cloud.services.admin_port),
        "project": deployment.project,
        "variables": cloud.access.variables(),
        "unset": list(REMOVED),
    }
    if cloud.pipeline:
        told |= {
            **{role: deployment.bucket(role) for role in ROLES},
            "deployment": deployment.name,
            "region": deployment.region,
            "topic": deployment.topic,
            "subscription": deployment.subscription,
        }
    print(json.dumps(told), flush=True)


def _show(function: str, line: str) -> None:
    print(f"{function}: {line}", file=sys.stderr, flush=True)
