"""
The rows of resumable uploads: sessions that outlive connections and processes.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from localcloud.storage.disk.database import Database
from localcloud.storage.disk.drafts import Draft
from localcloud.storage.disk.resources import StoredObject
from localcloud.storage.rules.checksums import Checksums
from localcloud.storage.rules.errors import NotFoundError
from localcloud.storage.rules.metadata import stamp
from localcloud.storage.rules.preconditions import Preconditions

# https://cloud.google.com/storage/docs/resumable-uploads#session-uris
SESSION_LIFE = timedelta(days=7)
_COLUMNS = (
    "id, content, state, bucket, name, settings, preconditions, checksums, total,"
    " resource, account"
)


class UploadState(StrEnum):
    """
    Whether a session takes bytes.
    """

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """
    A session, which `account` began; `resource` is the object that it made, once it is
    done.
    """

    id: str
    content: str
    state: UploadState
    draft: Draft
    conditions: Preconditions
    checksums: Checksums
    total: int | None
    resource: dict[str, Any] | None
    account: str


class Uploads:
    """
    All sessions of the last seven days.
    """

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def start(
        self,
        content: str,
        draft: Draft,
        conditions: Preconditions,
        checksums: Checksums,
        total: int | None,
        account: str,
    ) -> str:
        """
        Open a session; returns its id, whose knowledge is the right to use it.
        """
        upload_id = secrets.token_urlsafe(48)
        with self._database.transaction() as run:
            run(
                "INSERT INTO upload (id, content, started, state, bucket, name,"
                " settings, preconditions, checksums, total, account)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                upload_id,
                content,
                self._database.stamp(),
                UploadState.OPEN.value,
                draft.bucket,
                draft.name.encode(),
                json.dumps(draft.settings),
                json.dumps(asdict(conditions)),
                json.dumps(asdict(checksums)),
                total,
                account,
            )
        return upload_id

    def get(self, upload_id: str) -> Upload:
        """
        The session; NotFoundError if it never was or is over seven days old.
        """
        row = self._database.rows(
            f"SELECT {_COLUMNS} FROM upload WHERE id = ?", upload_id
        ).fetchone()
        if row is None:
            raise NotFoundError
        return Upload(
            id=row[0],
            content=row[1],
            state=UploadState(row[2]),
            draft=Draft(
                bucket=row[3], name=row[4].decode(), settings=json.loads(row[5])
            ),
            conditions=Preconditions(**json.loads(row[6])),
            checksums=Checksums(**json.loads(row[7])),
            total=row[8],
            resource=None if row[9] is None else json.loads(row[9]),
            account=row[10],
        )

    def done(self, upload_id: str, made: StoredObject) -> None:
        """
        Close a session, in the transaction that makes its object live.
        """
        self._database.rows(
            "UPDATE upload SET state = ?, resource = ? WHERE id = ?",
            UploadState.DONE.value,
            json.dumps(made.resource()),
            upload_id,
        )

    def cancel(self, upload_id: str) -> None:
        """
        Close a session that makes nothing.
        """
        with self._database.transaction() as run:
            run(
                "UPDATE upload SET state = ? WHERE id = ?",
                UploadState.CANCELLED.value,
                upload_id,
            )

    def expire(self) -> None:
        """
        Forget the sessions that are over seven days old.
        """
        with self._database.transaction() as run:
            run(
                "DELETE FROM upload WHERE started < ?",
                stamp(self._now() - SESSION_LIFE),
            )
