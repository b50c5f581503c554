"""
What `dropbatch local` prints: how to use the running cloud from another terminal.
"""

import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from localcloud.cli.browser import page_address
from localcloud.data_folder import default_folder

if TYPE_CHECKING:
    from localcloud.cloud import LocalCloud

_FULL = """\
The local cloud runs. Ctrl-C stops it.
  data folder  {folder}
  door         127.0.0.1:{port}
  page         {page}
  logs         {logs}

In another terminal, point Google's clients at it:

  eval "$({env})"

Drop a file, with curl

  curl -X POST -H "Authorization: Bearer $({token})" -T my.jsonl \\
    'https://storage.googleapis.com/upload/storage/v1/b/{inbox}/o?uploadType=media&name={prefix}my.jsonl'

or with Python ({python})

  from google.cloud import storage
  inbox = storage.Client().bucket("{inbox}")
  inbox.blob("{prefix}my.jsonl").upload_from_filename("my.jsonl")

and receive the message that says where its answers are:

  from google.cloud import pubsub_v1
  subscription = "{subscription}"
  answer = pubsub_v1.SubscriberClient().pull(
      subscription=subscription, max_messages=1, timeout=60)
  print(answer.received_messages[0].message.data.decode())

It comes again until it is acknowledged: examples/subscriber.py does that, too.

Images, audio and video that requests name belong into gs://{media}/.
Results are in gs://{results}/. eval "$({env} --unset)" takes the variables back.
"""

_BARE = """\
The local cloud runs, without the pipeline. Ctrl-C stops it.
  data folder  {folder}
  door         127.0.0.1:{port}
  page         {page}

In another terminal, point Google's clients at it:

  eval "$({env})"

Cloud Storage, Pub/Sub and Vertex AI batch prediction answer for {projects};
there is no bucket and no topic yet. With curl, a token comes from $({token}).
"""


def text(cloud: "LocalCloud") -> str:
    """
    Everything to paste, with this cloud's own names.
    """
    deployment = cloud.options.deployment
    folder = cloud.folder.path
    which = [] if folder == default_folder() else ["--data", str(folder)]

    def command(name: str) -> str:
        return shlex.join([command_name(), name, *which])

    projects = [deployment.project, *cloud.options.projects]
    return (_BARE if cloud.pipeline is None else _FULL).format(
        python=sys.executable,
        folder=folder,
        port=cloud.access.port,
        page=page_address(cloud.services.admin_port),
        logs=cloud.folder.logs,
        env=command("env"),
        token=command("token"),
        projects=f"project{'s' * (len(projects) > 1)} {', '.join(projects)}",
        inbox=deployment.bucket("inbox"),
        results=deployment.bucket("results"),
        media=deployment.bucket("media"),
        prefix=next(iter(deployment.routes))["prefix"],
        subscription=deployment.subscription,
    )


def command_name() -> str:
    # As it was called, unless the other terminal will find it by its name.
    called = Path(sys.argv[0])
    found = shutil.which("dropbatch")
    if found and called.exists() and Path(found).samefile(called):
        return "dropbatch"
    return str(called.absolute())
