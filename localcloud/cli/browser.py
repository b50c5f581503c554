"""
The page of a local cloud, opened in the user's browser.
"""

import os
import webbrowser


def page_address(loopback_port: int) -> str:
    """
    Where the page is.
    """
    return f"http://127.0.0.1:{loopback_port}/"


def show(address: str) -> bool:
    """
    Open an address in the browser; False if there is none that can show it.

    A browser that takes the terminal for itself is none, unless BROWSER asks for it:
    it runs no scripts, and nothing else would go on until it ends.
    """
    try:
        found = webbrowser.get()
    except webbrowser.Error:
        return False
    waits = isinstance(found, webbrowser.GenericBrowser) and not isinstance(
        found, webbrowser.BackgroundBrowser
    )
    if waits and "BROWSER" not in os.environ:
        return False
    return found.open(address)
