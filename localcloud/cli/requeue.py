"""
`dropbatch requeue`: a drop that was set aside is put back, here or on Google Cloud.
"""

import argparse
import json
import re
import sys
import uuid
from datetime import UTC, datetime

from shared.errors import PermanentError, TransientError
from shared.ledger import Ledger
from shared.markers import Markers
from shared.setting_aside import put_back


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """
    Add the command to the parser.
    """
    parser = commands.add_parser(
        "requeue",
        help="let polls go on with a drop that was set aside",
        description="Put a drop back that was set aside since every try came to an "
        "error: the next poll goes on from where it was. Mend the cause first, or it "
        "is set aside again. It calls Cloud Storage with your own credentials "
        "(gcloud auth application-default login); for a local cloud: dropbatch run -- "
        "dropbatch requeue ... Exits with 1 if the drop was not put back.",
    )
    parser.add_argument(
        "drop_id",
        type=_drop_id,
        metavar="DROP_ID",
        help="as the message, the log and drop.json have it",
    )
    parser.add_argument(
        "--state-bucket",
        required=True,
        metavar="BUCKET",
        help="the deployment's ledger, such as my-project-state",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON object")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """
    Put the drop back; say where it is now.
    """
    # Only here, so that no other command waits for the import.
    from google.auth.exceptions import GoogleAuthError
    from google.cloud.storage import Client

    from shared.adapters.storage_objects import StorageObjects

    try:
        # Objects are of no project, and a client wants to know one all the same.
        objects = StorageObjects(Client(project="-"))
        bucket, now = given.state_bucket, datetime.now(UTC)
        ledger = Ledger(objects, bucket, owner=uuid.uuid4().hex)
        markers = Markers(objects, bucket, now=lambda: now)
        record = put_back(ledger, markers, given.drop_id, now=now)
    except (PermanentError, TransientError, GoogleAuthError) as error:
        print(f"dropbatch: gs://{given.state_bucket}: {error}", file=sys.stderr)
        return 1
    if given.json:
        print(json.dumps({"drop_id": record.drop_id, "state": record.state}))
    else:
        print(f"Drop {record.drop_id} is {record.state} again: the next poll goes on.")
    return 0


def _drop_id(text: str) -> str:
    if not re.fullmatch("[0-9a-f]{32}", text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no drop id: 32 characters of 0-9 and a-f"
        )
    return text
