"""
The page's own files, as they are in the package.
"""

from importlib.resources import files

PREFIX = "/admin/page/"

_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}


def static_file(name: str) -> tuple[bytes, str] | None:
    """
    A file of the page and its type, or None.
    """
    ending = name[name.rfind(".") :] if "." in name else ""
    # One folder, so no name leads anywhere else.
    if ending not in _TYPES or "/" in name or "\\" in name or name.startswith("."):
        return None
    file = files("localcloud.page") / "static" / name
    if not file.is_file():
        return None
    return file.read_bytes(), _TYPES[ending]
