"""
Which location a host serves, and what the wrong one answers.
"""

import re

_REGIONAL = re.compile(r"([a-z0-9-]+)-aiplatform\.googleapis\.com")
_MULTI_REGIONAL = re.compile(r"aiplatform\.(us|eu)\.rep\.googleapis\.com")
_GLOBAL = "aiplatform.googleapis.com"

PAGE = (
    "<!DOCTYPE html>\n<html lang=en>\n<title>Error 404 (Not Found)!!1</title>\n"
    "<p><b>404.</b> <ins>That's an error.</ins>\n"
    "<p>The requested URL was not found on this server.\n</html>\n"
)


def location_of(host: str) -> str | None:
    """
    The location whose endpoint a host is; None for none of Google's.
    """
    name = host.partition(":")[0].lower()
    if name == _GLOBAL:
        return "global"
    match = _REGIONAL.fullmatch(name) or _MULTI_REGIONAL.fullmatch(name)
    return None if match is None else match[1]


def is_in(resource: str, location: str) -> bool:
    """
    Whether a resource, `projects/P/locations/L/…`, is in that location.
    """
    return resource.split("/")[2:4] == ["locations", location]
