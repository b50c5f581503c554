"""Which objects of the inbox are drops: told by their names alone."""

from enum import StrEnum

from shared.routes import Route
from shared.settings import Settings


class Ignored(StrEnum):
    """Why an object is no drop."""

    FOLDER = "folder"
    SUFFIX = "suffix"
    NO_ROUTE = "no_route"


def admit(name: str, settings: Settings) -> Route | Ignored:
    """Return the route that an object of this name takes, or why it takes none."""
    if name.endswith("/"):
        return Ignored.FOLDER
    if not name.endswith(settings.wanted_suffixes):
        return Ignored.SUFFIX
    return settings.routes.match(name) or Ignored.NO_ROUTE
