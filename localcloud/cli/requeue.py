"""
`dropbatch requeue`: drops that were set aside are put back, here or on Google Cloud.
"""

import argparse
import json
import re
import sys
import uuid
from datetime import UTC, datetime

from localcloud.cli.ledger_bucket import LedgerBucketError, bucket_name, look
from shared.errors import PermanentError, TransientError
from shared.ledger import Ledger
from shared.markers import Markers
from shared.records import Record
from shared.setting_aside import put_back


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """
    Add the command to the parser.
    """
    parser = commands.add_parser(
        "requeue",
        help="let polls go on with drops that were set aside",
        description="Put drops back that were set aside since every try came to an "
        "error, or ended its process: the next poll goes on from where each was. Mend "
        "the cause first, or they are set aside again, of which nobody but the log "
        "tells. It calls Cloud Storage with your own credentials "
        "(gcloud auth application-default login); for a local cloud: dropbatch run -- "
        "dropbatch requeue ... Exits with 1 if one of them was not put back.",
    )
    parser.add_argument(
        "drop_ids",
        nargs="+",
        type=_drop_id,
        metavar="DROP_ID",
        help="as the message, the log and drop.json have it",
    )
    parser.add_argument(
        "--state-bucket",
        type=bucket_name,
        required=True,
        metavar="BUCKET",
        help="the deployment's ledger, such as my-project-state",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print a JSON object for each: its state, or an error",
    )
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """
    Put each drop back, and say where it is now, or why it was not.
    """
    # Only here, so that no other command waits for the import.
    from google.auth.exceptions import GoogleAuthError
    from google.cloud.storage import Client

    from shared.adapters.storage_objects import StorageObjects

    bucket, drop_ids = given.state_bucket, dict.fromkeys(given.drop_ids)
    try:
        # Objects are of no project, and a client wants to know one all the same.
        client = Client(project="-")
        look(client, bucket)
    except (LedgerBucketError, GoogleAuthError) as error:
        _refuse(bucket, error)
        for drop_id in drop_ids if given.json else ():
            _tell_error(drop_id, error)
        return 1
    objects = StorageObjects(client)
    ledger = Ledger(objects, bucket, owner=uuid.uuid4().hex)
    markers = Markers(objects, bucket, now=lambda: datetime.now(UTC))
    code = 0
    for drop_id in drop_ids:
        try:
            record = put_back(ledger, markers, drop_id, now=datetime.now(UTC))
        except (PermanentError, TransientError, GoogleAuthError) as error:
            _refuse(bucket, error)
            if given.json:
                _tell_error(drop_id, error)
            code = 1
        else:
            _tell(record, as_json=given.json)
    return code


def _refuse(bucket: str, error: Exception) -> None:
    print(f"dropbatch: gs://{bucket}: {error}", file=sys.stderr)


def _tell_error(drop_id: str, error: Exception) -> None:
    print(json.dumps({"drop_id": drop_id, "error": str(error)}))


def _tell(record: Record, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"drop_id": record.drop_id, "state": record.state}))
    else:
        print(f"Drop {record.drop_id} is {record.state} again: the next poll goes on.")


def _drop_id(text: str) -> str:
    if not re.fullmatch("[0-9a-f]{32}", text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no drop id: 32 characters of 0-9 and a-f"
        )
    return text
