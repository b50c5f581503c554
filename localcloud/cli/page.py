"""
`dropbatch page`: what a running local cloud holds and does, in the browser.
"""

import argparse

from localcloud.cli import arguments, browser


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """
    Add the command to the parser.
    """
    parser = commands.add_parser(
        "page",
        help="open the page of a running local cloud in the browser",
        description="Open the page that shows what a running local cloud holds and "
        "does, and print its address.",
    )
    arguments.add_data(parser)
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """
    Print the address; open it, too, if there is a browser.
    """
    running = arguments.data_folder(given).running()
    address = browser.page_address(running.admin_port)
    print(address, flush=True)
    browser.show(address)
    return 0
