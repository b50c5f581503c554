"""
Who calls, and whether they may: asked before an operation, and while it writes.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from itertools import starmap

from aiohttp import hdrs

from localcloud import grants
from localcloud.permits import Permits, account_of
from localcloud.storage.api.calls import Call
from localcloud.storage.api.operations import Operation
from localcloud.storage.api.permissions import LIST, NEEDS, OVERWRITE, ForbiddenError
from localcloud.storage.api.public import PublicBuckets
from localcloud.storage.rules.errors import (
    BadCredentialsError,
    NoSuchObjectError,
    StorageError,
    UnauthenticatedError,
)
from localcloud.storage.rules.overwrites import Overwrites


class Admission:
    """
    Lets calls in: those with a good token, as far as its account has the permissions.

    `overwrites_first` is the knob of that name.
    """

    def __init__(
        self,
        *,
        token_fault: Callable[[str], str],
        permits: Permits,
        public: PublicBuckets,
        overwrites_first: bool,
    ) -> None:
        self._token_fault = token_fault
        self._permits = permits
        self._public = public
        self._overwrites_first = overwrites_first

    def admit(self, call: Call, operation: Operation, names: Mapping[str, str]) -> Call:
        """
        The call, with what its caller may overwrite. Raises UnauthenticatedError,
        BadCredentialsError or ForbiddenError.
        """
        needed = _needed(call, operation, names)
        if not needed or not all(starmap(self._public.everybody_may, needed)):
            self._check_token(call, operation)
        account = account_of(call.headers.get(hdrs.AUTHORIZATION))
        for permission, resource in needed:
            self._need(account, permission, resource)
        return replace(call, overwrites=self.overwrites_of(account))

    def overwrites_of(self, account: str) -> Overwrites:
        """
        What an account may overwrite, whenever it comes to that.
        """
        return Overwrites(
            account=account,
            permit=partial(self._need_in, account, OVERWRITE),
            asked_first=self._overwrites_first,
        )

    def held(
        self, account: str, permissions: Iterable[str], resource: str
    ) -> list[str]:
        """
        Which of these permissions an account has on a resource.
        """
        if resource in self._public:
            may = self._public.everybody_may
            return [each for each in permissions if may(each, resource)]
        return self._permits.held(account, permissions, resource)

    def shown(self, call: Call, error: NoSuchObjectError) -> StorageError:
        """
        The error as its caller may see it: without the right to list, nobody is told
        that an object is missing.
        """
        account = account_of(call.headers.get(hdrs.AUTHORIZATION))
        try:
            self._need_in(account, LIST, error.bucket)
        except ForbiddenError as hidden:
            return hidden
        return error

    def _need_in(self, account: str, permission: str, bucket: str) -> None:
        self._need(account, permission, grants.bucket(bucket))

    def _need(self, account: str, permission: str, resource: str) -> None:
        if not self._may(account, permission, resource):
            raise ForbiddenError(account or "Caller", permission)

    def _may(self, account: str, permission: str, resource: str) -> bool:
        if resource in self._public:
            return self._public.everybody_may(permission, resource)
        return self._permits.may(account, permission, resource)

    def _check_token(self, call: Call, operation: Operation) -> None:
        kind, _, token = call.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            raise UnauthenticatedError(NEEDS[operation].first or operation.value)
        if self._token_fault(token.strip()):
            raise BadCredentialsError


def _needed(
    call: Call, operation: Operation, names: Mapping[str, str]
) -> list[tuple[str, str]]:
    needs = NEEDS[operation]
    project = names.get("project", call.query.get("project", ""))
    return [
        *((each, grants.bucket(names["bucket"])) for each in needs.bucket),
        *((each, grants.bucket(names["targetBucket"])) for each in needs.target),
        *((each, grants.project(project)) for each in needs.project),
    ]
