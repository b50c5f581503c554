"""One demo run, from an empty local cloud to the first few answers."""

import json
import shlex
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from localcloud import child
from localcloud.cli.invitation import command_name
from localcloud.data_folder import DataFolder
from localcloud.demo import material, results, story
from localcloud.demo.screen import Screen
from localcloud.vertex.responders.spec import SIMULATED
from shared.drops import Drop
from shared.outcomes import Outcome

_MESSAGE_SECONDS = 30.0
_SHOWN = 4


class DemoError(Exception):
    """The demo could not be run; the message says why and what to do."""


def run(
    given: material.Material,
    *,
    data: Path,
    copy_to: Path,
    seconds: float,
    console: Console,
    responder: str,
) -> int:
    """
    Drop the input, show what happens, print the message and the answers.

    Returns 0 if every row was taken as far as an answer or its own error, 1 if
    the drop failed or was rejected. Raises DemoError.
    """
    _empty(data)
    options = [f"--media-prefix={prefix}" for prefix in given.media_prefixes]
    options += ["--responder", responder]
    say(console, f"Starting the local cloud in {data}")
    try:
        with child.local_cloud(data, options) as told:
            child.enter(told)
            code, answered = _drop(given, told, copy_to, seconds, console)
            _show_answers(answered, responder, console)
    except child.StartError as error:
        raise DemoError(f"the local cloud did not start: {error}") from error
    except story.TooLongError as error:
        raise DemoError(f"{error}: its logs are in {data}/logs") from error
    look = shlex.join([command_name(), "local", "--data", str(data)])
    say(console, f"\nTo look around in it: {look}")
    return code


def _empty(data: Path) -> None:
    """A demo begins with an empty cloud; only a folder of its kind is emptied."""
    with DataFolder(data).owned():
        for inside in data.iterdir():
            if inside.is_dir():
                shutil.rmtree(inside)


def say(console: Console, line: str = "") -> None:
    """Print a line as it is, however long."""
    console.print(line, soft_wrap=True, highlight=False, markup=False)


def _drop(
    given: material.Material,
    told: dict[str, Any],
    copy_to: Path,
    seconds: float,
    console: Console,
) -> tuple[int, list[Path]]:
    # Google's clients read the environment when they are imported or made, and
    # it points at the local cloud only now.
    from google.cloud.storage import Client

    from shared.adapters.storage_objects import StorageObjects
    from shared.adapters.vertex_batches import VertexBatches
    from shared.ledger import Ledger

    client = Client(project=told["project"])
    stand_ins = material.upload_media(client, given)
    if given.media_prefixes:
        say(console, f"Allowed for this run: {' '.join(given.media_prefixes)}")
    if stand_ins:
        say(
            console,
            f"{stand_ins} of the media it names are not on this machine: stand-ins "
            "were put in their place",
        )
    blob = client.bucket(told["inbox"]).blob(given.name)
    blob.upload_from_filename(given.file, content_type="application/jsonl")
    say(console, f"Dropped {given.file} as gs://{told['inbox']}/{given.name}")
    if given.file.suffix != ".jsonl":
        say(console, "(under that name, since an inbox takes only what ends in .jsonl)")
    say(console)
    drop = Drop(
        bucket=told["inbox"],
        name=given.name,
        generation=int(blob.generation),
        size=int(blob.size),
        crc32c=str(blob.crc32c),
        dropped_at=blob.time_created,
    )
    ledger = Ledger(StorageObjects(client), told["state"], owner="demo")
    batches = VertexBatches(
        project=told["project"],
        deployment=told["deployment"],
        create_timeout_seconds=10,
        call_timeout_seconds=10,
    )
    with Screen(console) as screen:
        for event in story.tell(
            drop.drop_id, ledger=ledger, batches=batches, seconds=seconds
        ):
            screen.show(event)
    attributes, data = _receive(told["subscription"], drop.drop_id)
    say(console, "\nThe message that a subscriber received:\n")
    shown = {"attributes": attributes, "data": data}
    console.print_json(json.dumps(shown), ensure_ascii=False)
    copies = _show_results(client, data, copy_to / drop.drop_id, console)
    return (0 if data["outcome"] in ("completed", "partial") else 1), copies


def _receive(subscription: str, drop_id: str) -> tuple[dict[str, str], dict[str, Any]]:
    from google.cloud.pubsub_v1 import SubscriberClient

    with SubscriberClient() as subscriber:
        for _ in range(100):
            answer = subscriber.pull(
                subscription=subscription, max_messages=1, timeout=_MESSAGE_SECONDS
            )
            for received in answer.received_messages:
                subscriber.acknowledge(
                    subscription=subscription, ack_ids=[received.ack_id]
                )
                if _ends(received.message.attributes, drop_id):
                    return (
                        dict(received.message.attributes),
                        json.loads(received.message.data),
                    )
    raise DemoError(f"no message for drop {drop_id} has come")


def _ends(attributes: Mapping[str, str], drop_id: str) -> bool:
    """Whether a message is the one that ends this drop: one that is late goes on."""
    mine = attributes["ce-subject"] == drop_id
    return mine and attributes["outcome"] != Outcome.LATE


def _show_results(
    client: Any, data: dict[str, Any], copy_to: Path, console: Console
) -> list[Path]:
    what = "report is" if data["outcome"] == "rejected" else "results are"
    say(console, f"\nThe {what} in {data['output_uri']}")
    copies = results.fetch(client, data["raw_output_uris"], copy_to)
    for copy in copies:
        say(console, f"A copy of the answers: {copy}")
    if data["report_uri"]:
        bucket, _, name = data["report_uri"].removeprefix("gs://").partition("/")
        copy_to.mkdir(parents=True, exist_ok=True)
        report = copy_to / "report.json"
        client.bucket(bucket).blob(name).download_to_filename(report)
        say(console, f"A copy of the report: {report}")
    if data["error"]:
        say(console, f"{data['error']['code']}: {data['error']['message']}")
    return copies


def _show_answers(copies: Sequence[Path], responder: str, console: Console) -> None:
    if copies:
        whose = "simulated" if responder == SIMULATED.text else f"from {responder}"
        say(console, f"\nThe first few answers, {whose}:\n")
    for key, answer in results.answers(copies, _SHOWN):
        say(console, f"  {key}")
        say(console, f"    {answer}")
