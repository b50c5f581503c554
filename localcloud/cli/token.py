"""
`dropbatch token`: an access token for curl, where gcloud isn't there to print one.
"""

import argparse

from localcloud.access import USER
from localcloud.cli import arguments
from localcloud.door.access_tokens import LIFETIME_SECONDS, token_for
from localcloud.door.service_accounts import account_email


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """
    Add the command to the parser.
    """
    parser = commands.add_parser(
        "token",
        help="print an access token for the running local cloud",
        description="Print an access token, as `gcloud auth print-access-token` does: "
        'curl -H "Authorization: Bearer $(dropbatch token)" https://...',
    )
    arguments.add_data(parser)
    parser.add_argument(
        "--account",
        default=USER,
        metavar="NAME",
        help="the service account that calls, by its name or its whole address "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--lifetime",
        type=arguments.seconds,
        default=float(LIFETIME_SECONDS),
        metavar="SECONDS",
        help="how long it is good; 0 makes one that has ended (default: an hour)",
    )
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """
    Print the token.
    """
    running = arguments.data_folder(given).running()
    email = given.account
    if "@" not in email:
        email = account_email(email, running.project)
    print(token_for(email, given.lifetime))
    return 0
