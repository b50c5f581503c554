"""Which media a request may name: the confused deputy's door."""

from collections.abc import Callable, Sequence

# Longer than any object's or video's address: 1,024 bytes of name, a bucket's.
_LONGEST = 2_000


def allow(prefixes: Sequence[str]) -> Callable[[str], bool]:
    """
    Return whether a URI lies under one of these prefixes, as text and not by
    what a server might make of it: nothing with a way upwards does.
    """
    allowed = tuple(prefixes)

    def is_allowed(uri: str) -> bool:
        if len(uri) > _LONGEST or not uri.startswith(allowed):
            return False
        if uri.startswith("https://"):
            # As whoever fetches it may read it: some take a backslash for a
            # slash, drop white space, and end the path at ? or #.
            if "\\" in uri or any(character <= " " for character in uri):
                return False
            uri = uri.casefold().replace("%2e", ".").replace("%2f", "/")
            uri = uri.replace("?", "/").replace("#", "/")
        return "/../" not in f"{uri}/"

    return is_allowed
