"""
Who may do what now, and who has asked for what.
"""

from collections.abc import Iterable

from localcloud.door.access_tokens import UnknownTokenError, read_token
from localcloud.grants import Grants, Right

# Names of resources are the callers' to choose; a deployment needs some thirty.
_MOST_REMEMBERED = 1_000


class Permits:
    """
    What every service asks before it does something for an account.

    The deployment's own accounts may do what `grants` says, which can be changed at
    any time; every other account, a developer's or one of Google's agents, is an
    owner. What the own ones asked for is remembered, as far as it was `allowed` and as
    far as it was `refused`.
    """

    def __init__(self, grants: Grants) -> None:
        self.grants = grants
        self.allowed: set[Right] = set()
        self.refused: set[Right] = set()

    def may(self, account: str, permission: str, resource: str) -> bool:
        """
        Whether the account may do this to the resource.
        """
        if self.is_owner(account):
            return True
        allowed = self.grants.allows(account, permission, resource)
        asked = self.allowed if allowed else self.refused
        if len(asked) < _MOST_REMEMBERED:
            asked.add(Right(account, permission, resource))
        return allowed

    def held(
        self, account: str, permissions: Iterable[str], resource: str
    ) -> list[str]:
        """
        Which of these the account has: to look is not to ask for them.
        """
        return [
            permission
            for permission in permissions
            if self.is_owner(account)
            or self.grants.allows(account, permission, resource)
        ]

    def is_owner(self, account: str) -> bool:
        """
        Whether nothing is withheld from the account.
        """
        return account not in self.grants.accounts


def account_of(authorization: str | None) -> str:
    """
    Whose bearer token an Authorization header holds; empty if nobody can say.
    """
    try:
        return read_token((authorization or "").partition(" ")[2].strip()).email
    except UnknownTokenError:
        return ""
