"""
Where faults befall calls of storage: around every answer, and each call of a batch.
"""

from collections.abc import Awaitable, Callable
from typing import cast

import msgspec
from aiohttp import hdrs, web

from localcloud.faults.faults import Faults
from localcloud.faults.playing import play
from localcloud.faults.rules import FaultError, Rule
from localcloud.storage.api.answers import Reply
from localcloud.storage.api.calls import Call
from localcloud.storage.faults.errors import storage_error
from localcloud.storage.faults.partial import Opened, hold_back
from localcloud.storage.faults.rules import (
    INSERT,
    SERVICE,
    StorageCall,
    StorageFault,
    asked_for,
    name_in,
)
from localcloud.storage.rules.errors import NotFoundError, StorageError

Answer = Callable[[web.BaseRequest, Call], Awaitable[web.StreamResponse]]
CarryOut = Callable[[Call], Awaitable[Reply]]


class StorageFaults:
    """
    The faults of storage. Without rules about it, calls go by untouched.
    """

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    async def answer(
        self, request: web.BaseRequest, call: Call, answer: Answer
    ) -> web.StreamResponse:
        """
        The answer to a request; CutConnectionError if its connection is to be cut.
        """
        if not self._faults.concern(SERVICE):
            return await answer(request, call)
        opened = Opened(request)
        asked = await _look(opened, call)
        rule = None if asked is None else self._faults.befalling(asked)
        given = cast("web.BaseRequest", opened)
        if asked is None or rule is None:
            return await answer(given, call)
        if call.method in (hdrs.METH_GET, hdrs.METH_HEAD):
            # A read has no effect; and whoever reads must not get the answer first.
            rule = msgspec.structs.replace(rule, after_effect=False)

        async def effect() -> web.StreamResponse:
            held = False
            if asked.method == INSERT:
                _hold_back_upload(opened, rule)
            else:
                held = _hold_back_answer(request, rule)
            try:
                answered = await answer(given, call)
            except NotFoundError as error:
                raise _seen(error, rule, asked) from error
            if held and not answered.prepared:
                # Here, where a cut can still be told as one.
                await answered.prepare(request)
                await answered.write_eof()
            return answered

        return await play(rule, effect, _errors(asked), refusals=StorageError)

    def in_batch(self, carry_out: CarryOut) -> CarryOut:
        """
        What carries out a batch's calls, each with the faults that befall it.
        """
        if not self._faults.concern(SERVICE):
            return carry_out

        async def played(call: Call) -> Reply:
            asked = asked_for(call)
            rule = None if asked is None else self._faults.befalling(asked)
            if asked is None or rule is None:
                return await carry_out(call)

            async def effect() -> Reply:
                try:
                    return await carry_out(call)
                except NotFoundError as error:
                    raise _seen(error, rule, asked) from error

            return await play(rule, effect, _errors(asked), refusals=StorageError)

        return played


def _seen(error: NotFoundError, rule: Rule, asked: StorageCall) -> StorageError:
    if isinstance(rule, StorageFault) and rule.forbid_missing:
        return storage_error(FaultError(code=403), asked)
    return error


def _errors(asked: StorageCall) -> Callable[[FaultError], Exception]:
    return lambda error: storage_error(error, asked)


async def _look(opened: Opened, call: Call) -> StorageCall | None:
    asked = asked_for(call)
    if asked is None or asked.method != INSERT or "/objects/" in asked.resource:
        return asked
    # The name is in the metadata, with which the body begins.
    kind = call.query.get("uploadType")
    content_type = call.headers.get(hdrs.CONTENT_TYPE, "")
    if kind == "multipart":
        _, _, boundary = content_type.partition("boundary=")
        boundary = boundary.partition(";")[0].strip().strip("\"'")
        beginning = await opened.content.beginning(f"--{boundary}".encode())
        metadata = beginning.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
        metadata = metadata.partition(f"\n--{boundary}".encode())[0]
    elif kind == "resumable":
        metadata = await opened.content.beginning(None)
    else:
        return asked
    return asked_for(call, name_in(metadata))


def _hold_back_upload(opened: Opened, rule: Rule) -> None:
    if isinstance(rule, StorageFault):
        opened.content.cut_after_bytes = rule.cut_after_bytes
        opened.content.bytes_per_second = rule.bytes_per_second


def _hold_back_answer(request: web.BaseRequest, rule: Rule) -> bool:
    if not isinstance(rule, StorageFault) or rule.after_effect:
        return False
    if not rule.cut_after_bytes and not rule.bytes_per_second:
        return False
    hold_back(
        request.writer,
        cut_after_bytes=rule.cut_after_bytes,
        bytes_per_second=rule.bytes_per_second,
    )
    return True
