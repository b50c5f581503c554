"""
The REST edge: `/v1/…` and `/v1beta1/…`, as Google's front end speaks it.
"""

import json
import logging
import re
from collections.abc import Mapping
from typing import Any

from aiohttp import hdrs, web
from google.protobuf import json_format

from localcloud.faults.cutting import cut
from localcloud.storage.api.fields import FieldMask
from localcloud.storage.rules.errors import InvalidError
from localcloud.vertex.api.calls import Calls, ListQuery
from localcloud.vertex.api.endpoints import PAGE, location_of
from localcloud.vertex.api.errors import (
    INTERNAL_ERROR,
    ApiError,
    Code,
    CutConnectionError,
)
from localcloud.vertex.api.payload import parse_message, parse_object
from localcloud.vertex.api.protos import API_VERSIONS, ApiVersion
from localcloud.vertex.knobs import Knobs

_logger = logging.getLogger(__name__)

_PATH = re.compile(
    r"/(?P<version>v1|v1beta1)/"
    r"(?P<parent>projects/[^/]+/locations/(?P<location>[^/]+))/"
    r"(?P<collection>batchPredictionJobs|operations)"
    r"(?:/(?P<id>[^/:]+))?(?::(?P<verb>[A-Za-z]+))?"
)

# Parameters of every method (cloud.google.com/apis/docs/system-parameters).
_SYSTEM = {
    *("$.xgafv", "$alt", "$apiVersion", "$callback", "$fields", "$key"),
    *("$prettyPrint", "$quotaUser", "$userProject", "access_token", "alt"),
    *("callback", "fields", "key", "oauth_token", "prettyPrint", "quotaUser"),
    *("uploadType", "upload_protocol"),
}
_LIST = {
    "filter": "filter",
    "pageSize": "pageSize",
    "page_size": "pageSize",
    "pageToken": "pageToken",
    "page_token": "pageToken",
    "readMask": "readMask",
    "read_mask": "readMask",
}


class Rest:
    """
    Answers HTTP requests with what the calls return or raise.
    """

    def __init__(self, calls: Calls, knobs: Knobs) -> None:
        self._calls = calls
        self._knobs = knobs

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """
        The answer to a request, errors included; a cut connection, if asked for.
        """
        try:
            return await self._answer(request)
        except ApiError as error:
            return _json_response(request, error.body(), error.http_status)
        except CutConnectionError:
            raise cut(request) from None
        except (ConnectionError, web.HTTPException):
            raise
        except Exception:
            _logger.exception("%s %s failed", request.method, request.path)
            failed = ApiError(Code.INTERNAL, INTERNAL_ERROR)
            return _json_response(request, failed.body(), failed.http_status)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        match = _PATH.fullmatch(request.path)
        if match is None:
            raise ApiError(
                Code.UNIMPLEMENTED,
                "This local cloud simulates batch prediction jobs only, not "
                f"{request.method} {request.path}",
            )
        here = location_of(request.host)
        if here is not None and here != match["location"]:
            wrong = self._wrong_endpoint(match["location"], request.host)
            if wrong is not None:
                return wrong
        version = API_VERSIONS[match["version"]]
        # Before anything takes effect.
        mask = _field_mask(_one(request.query, "$fields", "fields"))
        answer = await self._route(request, match, version)
        return _json_response(request, mask.apply(answer), 200)

    async def _route(
        self, request: web.BaseRequest, match: re.Match[str], version: ApiVersion
    ) -> Any:
        parent = match["parent"]
        name = f"{parent}/{match['collection']}/{match['id']}"
        bearer = request.headers.get(hdrs.AUTHORIZATION)
        ints = "enum-encoding=int" in _one(request.query, "$alt", "alt")
        route = (
            request.method,
            match["collection"] == "operations",
            match["id"] is not None,
            match["verb"],
        )
        if route == ("GET", False, False, None):
            query = _list_query(request.query)
            page = await self._calls.list(parent, query, version, bearer)
            return _shown_page(page, version, ints=ints)
        _check_query(request.query, {})
        if route == ("POST", False, False, None):
            asked = _asked(await request.read(), version)
            created = await self._calls.create(parent, asked, bearer)
            return _shown(created, version, ints=ints)
        if route == ("GET", False, True, None):
            return _shown(await self._calls.get(name, bearer), version, ints=ints)
        if route == ("POST", False, True, "cancel"):
            parse_message(parse_object(await request.read()), version.cancel, "cancel")
            await self._calls.cancel(name, bearer)
            return {}
        if route == ("DELETE", False, True, None):
            return _operation(await self._calls.delete(name, bearer), version)
        if route in (("GET", True, True, None), ("POST", True, True, "wait")):
            return _operation(await self._calls.operation(name, bearer), version)
        raise ApiError(Code.NOT_FOUND, "Method not found.")

    def _wrong_endpoint(self, location: str, host: str) -> web.StreamResponse | None:
        match self._knobs.wrong_endpoint:
            case "allow":
                return None
            case "invalid":
                raise ApiError(
                    Code.INVALID_ARGUMENT,
                    f"The location {location} is not served by the endpoint {host}.",
                )
        return web.Response(status=404, text=PAGE, content_type="text/html")


def _asked(body: bytes, version: ApiVersion) -> dict[str, Any]:
    message = parse_message(parse_object(body), version.job, "batch_prediction_job")
    return json_format.MessageToDict(message)


def _field_mask(fields: str) -> FieldMask:
    try:
        return FieldMask.parse(fields) if fields else FieldMask()
    except InvalidError as error:
        raise ApiError(
            Code.INVALID_ARGUMENT,
            "Request contains an invalid argument: "
            f"fields={fields} is no field selection.",
        ) from error


def _list_query(query: Mapping[str, str]) -> ListQuery:
    _check_query(query, _LIST)
    values = {_LIST[name]: value for name, value in query.items() if name in _LIST}
    size = values.get("pageSize", "0") or "0"
    if not re.fullmatch(r"-?\d{1,9}", size):
        raise ApiError(
            Code.INVALID_ARGUMENT, f"Invalid value at 'page_size' (TYPE_INT32), {size}"
        )
    return ListQuery(
        filter_text=values.get("filter", ""),
        size=int(size),
        token=values.get("pageToken", ""),
        mask=[path for path in values.get("readMask", "").split(",") if path],
    )


def _check_query(query: Mapping[str, str], known: Mapping[str, str]) -> None:
    for name in query:
        if name not in known and name not in _SYSTEM:
            raise ApiError(
                Code.INVALID_ARGUMENT,
                f'Invalid JSON payload received. Unknown name "{name}": Cannot bind '
                f"query parameter. Field '{name}' could not be found in request "
                "message.",
            )


def _shown(job: dict[str, Any], version: ApiVersion, *, ints: bool) -> dict[str, Any]:
    """
    The job in the terms of an API version.
    """
    known = {field.json_name for field in version.job.DESCRIPTOR.fields}
    shown = {name: value for name, value in job.items() if name in known}
    if ints and "state" in shown:
        shown["state"] = version.state_number(shown["state"])
    return shown


def _shown_page(
    page: dict[str, Any], version: ApiVersion, *, ints: bool
) -> dict[str, Any]:
    jobs = page.get("batchPredictionJobs")
    if jobs is None:
        return page
    shown = [_shown(job, version, ints=ints) for job in jobs]
    return page | {"batchPredictionJobs": shown}


def _operation(operation: dict[str, Any], version: ApiVersion) -> dict[str, Any]:
    kind = version.delete_metadata.DESCRIPTOR.full_name
    return operation | {
        "metadata": {
            "@type": f"type.googleapis.com/{kind}",
            **operation["metadata"],
        },
        "response": {"@type": "type.googleapis.com/google.protobuf.Empty"},
    }


def _json_response(
    request: web.BaseRequest, value: dict[str, Any], status: int
) -> web.Response:
    pretty = _one(request.query, "$prettyPrint", "prettyPrint") != "false"
    text = json.dumps(value, indent=2 if pretty else None, ensure_ascii=False)
    return web.Response(
        status=status,
        body=f"{text}\n".encode(),
        headers={hdrs.CONTENT_TYPE: "application/json; charset=UTF-8"},
    )


def _one(query: Mapping[str, str], *names: str) -> str:
    return next((query[name] for name in names if name in query), "")
