"""
The gRPC edge: JobService of both API versions, and the operations it returns.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
from google.longrunning import (  # type: ignore[import-untyped] # without types
    operations_pb2,
)
from google.protobuf import any_pb2, empty_pb2, json_format
from google.protobuf.message import Message
from google.rpc import (  # type: ignore[import-untyped] # without types
    error_details_pb2,
    status_pb2,
)

from localcloud.vertex.api.calls import Calls, ListQuery
from localcloud.vertex.api.endpoints import is_in, location_of
from localcloud.vertex.api.errors import (
    INTERNAL_ERROR,
    ApiError,
    Code,
    CutConnectionError,
)
from localcloud.vertex.api.protos import API_VERSIONS, ApiVersion

# The types that may stand in an Any; imported so that they can be found.
_DETAILS = error_details_pb2

_logger = logging.getLogger(__name__)

_Method = Callable[[Any, str | None], Awaitable[Message]]


async def start_grpc(calls: Calls, host: str, endpoint: str | None) -> tuple[Any, int]:
    """
    A server that answers on a free port of the host.

    If it stands for one of Google's hosts (`endpoint`), resources of other
    locations are unknown to it, as they are there.
    """
    server = grpc.aio.server()
    location = None if endpoint is None else location_of(endpoint)
    for version in API_VERSIONS.values():
        methods = _Methods(calls, version).all()
        server.add_generic_rpc_handlers(
            (_handlers(version.service, methods, location),)
        )
    operations: dict[str, tuple[_Method, Any]] = {
        "GetOperation": (
            _Methods(calls, API_VERSIONS["v1"]).operation,
            operations_pb2.GetOperationRequest,
        )
    }
    server.add_generic_rpc_handlers(
        (_handlers("google.longrunning.Operations", operations, location),)
    )
    port = server.add_insecure_port(f"{host}:0")
    await server.start()
    return server, port


class _Methods:
    def __init__(self, calls: Calls, version: ApiVersion) -> None:
        self._calls = calls
        self._version = version

    def all(self) -> dict[str, tuple[_Method, Any]]:
        version = self._version
        return {
            "CreateBatchPredictionJob": (self.create, version.create),
            "GetBatchPredictionJob": (self.get, version.get),
            "ListBatchPredictionJobs": (self.list, version.list),
            "CancelBatchPredictionJob": (self.cancel, version.cancel),
            "DeleteBatchPredictionJob": (self.delete, version.delete),
        }

    async def create(self, request: Any, bearer: str | None) -> Message:
        asked = json_format.MessageToDict(request.batch_prediction_job)
        return self._job(await self._calls.create(request.parent, asked, bearer))

    async def get(self, request: Any, bearer: str | None) -> Message:
        return self._job(await self._calls.get(request.name, bearer))

    async def list(self, request: Any, bearer: str | None) -> Message:
        query = ListQuery(
            filter_text=request.filter,
            size=request.page_size,
            token=request.page_token,
            mask=tuple(request.read_mask.paths),
        )
        page = await self._calls.list(request.parent, query, self._version, bearer)
        response = self._version.list_response()
        self._fill(response, page)
        return response

    def _fill(self, response: Any, page: dict[str, Any]) -> None:
        for job in page.get("batchPredictionJobs", []):
            response.batch_prediction_jobs.append(self._job(job))
        response.next_page_token = page.get("nextPageToken", "")

    async def cancel(self, request: Any, bearer: str | None) -> Message:
        await self._calls.cancel(request.name, bearer)
        return empty_pb2.Empty()

    async def delete(self, request: Any, bearer: str | None) -> Message:
        return self._operation(await self._calls.delete(request.name, bearer))

    async def operation(self, request: Any, bearer: str | None) -> Message:
        return self._operation(await self._calls.operation(request.name, bearer))

    def _job(self, job: dict[str, Any]) -> Message:
        shown = dict(job)
        if "state" in shown:
            shown["state"] = self._version.state_number(shown["state"])
        return json_format.ParseDict(
            shown, self._version.job(), ignore_unknown_fields=True
        )

    def _operation(self, operation: dict[str, Any]) -> Message:
        metadata = any_pb2.Any()
        metadata.Pack(
            json_format.ParseDict(
                operation["metadata"], self._version.delete_metadata()
            )
        )
        response = any_pb2.Any()
        response.Pack(empty_pb2.Empty())
        done: Message = operations_pb2.Operation(
            name=operation["name"], done=True, metadata=metadata, response=response
        )
        return done


def _handlers(
    service: str, methods: dict[str, tuple[_Method, Any]], location: str | None
) -> Any:
    return grpc.method_handlers_generic_handler(
        service,
        {
            name: grpc.unary_unary_rpc_method_handler(
                _guarded(method, location),
                request_deserializer=request_type.FromString,
                response_serializer=_serialized,
            )
            for name, (method, request_type) in methods.items()
        },
    )


def _serialized(message: Message) -> bytes:
    # Not Message.SerializeToString: the base class has no implementation.
    return message.SerializeToString()


def _guarded(method: _Method, location: str | None) -> Any:
    """
    The method, its errors turned into gRPC's.
    """

    async def answer(request: Any, context: Any) -> Message:
        resource = getattr(request, "parent", "") or getattr(request, "name", "")
        if location is not None and not is_in(resource, location):
            await context.abort(
                grpc.StatusCode.UNIMPLEMENTED,
                "Received http2 header with status: 404",
            )
        metadata = dict(context.invocation_metadata())
        try:
            return await method(request, metadata.get("authorization"))
        except ApiError as error:
            await context.abort(_STATUS[error.code], error.message, _rich_status(error))
            raise
        except CutConnectionError:
            # What a client makes of a connection that is gone.
            await context.abort(grpc.StatusCode.UNAVAILABLE, "Socket closed")
            raise
        except Exception:
            _logger.exception("%s of %s failed", type(request).__name__, resource)
            await context.abort(grpc.StatusCode.INTERNAL, INTERNAL_ERROR)
            raise

    return answer


_STATUS = {
    code: status
    for status in grpc.StatusCode
    for code in Code
    if status.value[0] == code
}


def _rich_status(error: ApiError) -> tuple[tuple[str, bytes], ...]:
    if not error.details:
        return ()
    status = json_format.ParseDict(
        {"code": int(error.code), "message": error.message, "details": error.details},
        status_pb2.Status(),
    )
    return (("grpc-status-details-bin", status.SerializeToString()),)
