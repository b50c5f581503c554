"""
The server: whatever a client asks of storage.googleapis.com is answered here.
"""

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from aiohttp import hdrs, web

from localcloud.door.inviting import invite
from localcloud.faults.cutting import cut
from localcloud.faults.faults import Faults
from localcloud.faults.playing import CutConnectionError
from localcloud.permits import Permits
from localcloud.storage.api import downloads, xml
from localcloud.storage.api.access import AccessMethods
from localcloud.storage.api.admission import Admission
from localcloud.storage.api.answers import (
    Reply,
    json_error,
    json_response,
    text_error,
    xml_error,
)
from localcloud.storage.api.batch import answer_batch
from localcloud.storage.api.bodies import whole
from localcloud.storage.api.buckets import BucketMethods
from localcloud.storage.api.calls import Call
from localcloud.storage.api.compose import compose
from localcloud.storage.api.notifications import NotificationMethods
from localcloud.storage.api.objects import ObjectMethods
from localcloud.storage.api.operations import Operation, find_operation, is_json_api
from localcloud.storage.api.public import PublicBuckets
from localcloud.storage.api.uploads import UploadMethods
from localcloud.storage.disk.store import Store, utc_now
from localcloud.storage.faults.play import StorageFaults
from localcloud.storage.knobs import GOOGLES, StorageKnobs
from localcloud.storage.notices.courier import Courier
from localcloud.storage.notices.topics import NO_TOPICS, Topics
from localcloud.storage.rules.errors import (
    InvalidError,
    NoSuchObjectError,
    StorageError,
)

_LOG = logging.getLogger(__name__)


def _any(_: str) -> bool:
    return True


class StorageServer:
    """
    Cloud Storage over a folder, which it alone may use until `close`.

    Every answer is from what is committed; every change is committed, with its
    events, before it is answered. `token_fault` says what is wrong with a
    bearer token, and `has_project` which projects there are; `permits` says who may
    do what; `public` names buckets that all may read, even without a token, and that
    no request may change.
    """

    def __init__(
        self,
        folder: Path,
        *,
        token_fault: Callable[[str], str],
        permits: Permits,
        now: Callable[[], datetime] = utc_now,
        has_project: Callable[[str], bool] = _any,
        faults: Faults | None = None,
        public: Collection[str] = (),
        topics: Topics = NO_TOPICS,
        knobs: StorageKnobs = GOOGLES,
    ) -> None:
        self.store = Store(folder, now=now, knobs=knobs)
        self.courier = Courier(self.store, topics, now=now)
        self._faults = StorageFaults(faults or Faults())
        self._admission = Admission(
            token_fault=token_fault,
            permits=permits,
            public=PublicBuckets(public),
            overwrites_first=knobs.overwrite_forbidden_first,
        )
        self._uploads = UploadMethods(self.store, self._admission.overwrites_of)
        access = AccessMethods(self.store, self._admission.held)
        buckets = BucketMethods(self.store, has_project)
        notifications = NotificationMethods(self.store, topics)
        objects = ObjectMethods(
            self.store,
            rewrite_bytes=knobs.rewrite_bytes,
            list_page=knobs.list_page,
        )
        self._methods: Mapping[Operation, Callable[[Call, Mapping[str, str]], Reply]]
        self._methods = {
            Operation.ACL_GET_BUCKET: access.bucket_acl,
            Operation.ACL_GET_DEFAULT: access.default_acl,
            Operation.ACL_GET_OBJECT: access.object_acl,
            Operation.ACL_REFUSED: access.refuse,
            Operation.ANYWHERE_CACHES_LIST: buckets.anywhere_caches,
            Operation.BUCKETS_DELETE: buckets.delete,
            Operation.BUCKETS_GET: buckets.get,
            Operation.BUCKETS_GET_IAM_POLICY: access.get_policy,
            Operation.BUCKETS_GET_STORAGE_LAYOUT: buckets.storage_layout,
            Operation.BUCKETS_INSERT: buckets.insert,
            Operation.BUCKETS_LIST: buckets.list,
            Operation.BUCKETS_PATCH: buckets.patch,
            Operation.BUCKETS_SET_IAM_POLICY: access.set_policy,
            Operation.BUCKETS_TEST_IAM_PERMISSIONS: access.test_permissions,
            Operation.BUCKETS_UPDATE: buckets.update,
            Operation.MANAGED_FOLDERS_LIST: buckets.managed_folders,
            Operation.NOTIFICATIONS_DELETE: notifications.delete,
            Operation.NOTIFICATIONS_GET: notifications.get,
            Operation.NOTIFICATIONS_INSERT: notifications.insert,
            Operation.NOTIFICATIONS_LIST: notifications.list,
            Operation.OBJECTS_COPY: objects.copy,
            Operation.OBJECTS_DELETE: objects.delete,
            Operation.OBJECTS_GET: objects.get,
            Operation.OBJECTS_LIST: objects.list,
            Operation.OBJECTS_MOVE: objects.move,
            Operation.OBJECTS_PATCH: objects.patch,
            Operation.OBJECTS_RESTORE: objects.restore,
            Operation.OBJECTS_REWRITE: objects.rewrite,
            Operation.OBJECTS_UPDATE: objects.update,
            Operation.SERVICE_ACCOUNT_GET: access.service_account,
        }

    def close(self) -> None:
        """
        Give the folder back. No request may be under way.
        """
        self.store.close()

    async def handle(
        self, request: web.BaseRequest, *, inside: bool = False
    ) -> web.StreamResponse:
        """
        Answer a request; one from `inside`, of a service that is ours, meets no fault.
        """
        await invite(request)
        try:
            call = Call.receive(request)
        except StorageError as error:
            path = request.raw_path.partition("?")[0].split("/")[1:] or [""]
            return json_error(error, None) if is_json_api(path) else xml_error(error)
        try:
            if inside:
                return await self._answer(request, call)
            return await self._faults.answer(request, call, self._answer)
        except NoSuchObjectError as error:
            return _told(self._admission.shown(call, error), call)
        except CutConnectionError:
            raise cut(request) from None
        except StorageError as error:
            return _told(error, call)
        except (ConnectionError, web.RequestPayloadError):
            if request.writer.output_size:
                raise
            # Most often nobody is there to read this any more.
            return _told(InvalidError("The request body can't be read."), call)
        except Exception as error:
            _LOG.exception("%s failed", request.method)
            if request.writer.output_size:
                # A cut connection says that the answer isn't whole.
                raise ConnectionResetError from error
            return _told(StorageError("We encountered an internal error."), call)

    async def _answer(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        if not is_json_api(call.path):
            reads = call.method in (hdrs.METH_GET, hdrs.METH_HEAD)
            call = self._admission.admit(
                call,
                Operation.OBJECTS_GET if reads else Operation.OBJECTS_INSERT,
                {"bucket": call.path[0]},
            )
            return await xml.read(request, call, self.store)
        operation, names = find_operation(call.method, call.path)
        # Whoever knows a session's URI may use it; clients send no token with it.
        if operation is not Operation.OBJECTS_INSERT or "upload_id" not in call.query:
            call = self._admission.admit(call, operation, names)
        match operation:
            case Operation.OBJECTS_INSERT:
                return await self._uploads.insert(request, call, names)
            case Operation.BATCH:
                carry_out = self._faults.in_batch(self._carry_out_in_batch)
                return await answer_batch(request, call, carry_out)
            case Operation.OBJECTS_GET if _wants_media(call):
                return await self._download(request, call, names)
            case _:
                call = replace(call, body=await whole(request))
                reply = await self._carry_out(operation, call, names)
                return json_response(reply, call)

    async def _carry_out(
        self, operation: Operation, call: Call, names: Mapping[str, str]
    ) -> Reply:
        if operation is Operation.OBJECTS_COMPOSE:
            return await compose(self.store, call, names)
        return self._methods[operation](call, names)

    async def _carry_out_in_batch(self, call: Call) -> Reply:
        operation, names = find_operation(call.method, call.path)
        call = self._admission.admit(call, operation, names)
        if operation in (Operation.BATCH, Operation.OBJECTS_INSERT) or (
            operation is Operation.OBJECTS_GET and _wants_media(call)
        ):
            raise InvalidError("A batch can't hold uploads, downloads or batches.")
        try:
            return await self._carry_out(operation, call, names)
        except NoSuchObjectError as error:
            raise self._admission.shown(call, error) from error

    async def _download(
        self, request: web.BaseRequest, call: Call, names: Mapping[str, str]
    ) -> web.StreamResponse:
        stored, file = self.store.open_object(
            names["bucket"], names["object"], call.integer("generation")
        )
        try:
            call.preconditions().check_read(stored)
        except BaseException:
            file.close()
            raise
        disposition = stored.settings.get("contentDisposition", "attachment")
        return await downloads.serve(
            request, stored, file, {hdrs.CONTENT_DISPOSITION: disposition}
        )


def _wants_media(call: Call) -> bool:
    return call.query.get("alt") == "media" or call.path[0] == "download"


def _told(error: StorageError, call: Call) -> web.StreamResponse:
    if not is_json_api(call.path):
        return xml_error(error)
    return text_error(error) if _wants_media(call) else json_error(error, call)
