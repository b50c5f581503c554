"""
`dropbatch faults`: what goes wrong in a running local cloud, and what did.
"""

import argparse
import http.client
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from localcloud.cli import arguments

_PATH = "/admin/faults"
_SECONDS = 10


class RefusedError(RuntimeError):
    """
    The local cloud did not do it; the message says why.
    """


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """
    Add the command, and its own, to the parser.
    """
    parser = commands.add_parser(
        "faults",
        help="switch faults of a running local cloud on and off",
        description="Let calls and jobs of a running local cloud go wrong: errors, "
        "delays, cut connections, answers lost after the effect, ways for a job to "
        "end. docs/local-cloud/faults.md has all of it.",
    )
    what = parser.add_subparsers(metavar="WHAT", required=True)
    _listing(what)
    _adding(what)
    clear = what.add_parser("clear", help="switch faults off: all, or one")
    clear.add_argument(
        "which", nargs="?", metavar="ID|NAME", help="one rule, or all of a name"
    )
    _common(clear, _clear)
    _common(what.add_parser("injected", help="show what was injected"), _injected)


def _listing(what: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = what.add_parser("list", help="show what is on, and what there is by name")
    _common(parser, _list)


def _adding(what: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = what.add_parser(
        "add",
        help="switch a fault on, by its name or by a rule",
        description="Switch a fault on: one of the catalogue by its NAME, with other "
        "values for some of its fields if wanted (times=2 share=0.1), a rule, or all "
        "that a scenario file has.",
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="a catalogued fault")
    parser.add_argument(
        "fields", nargs="*", metavar="FIELD=VALUE", help="a field of its rules"
    )
    parser.add_argument("--rule", metavar="JSON", help="a rule, or a list of them")
    parser.add_argument(
        "--file",
        type=Path,
        metavar="FILE",
        help="the faults of a scenario file (TOML or JSON)",
    )
    _common(parser, lambda given: _add(parser, given))


def _common(parser: argparse.ArgumentParser, run: Any) -> None:
    arguments.add_data(parser)
    parser.add_argument(
        "--json", action="store_true", help="print the answer as one JSON object"
    )
    parser.set_defaults(run=lambda given: _guarded(run, given))


def _guarded(run: Any, given: argparse.Namespace) -> int:
    try:
        run(given)
    except RefusedError as error:
        print(f"dropbatch: {error}", file=sys.stderr)
        return 1
    return 0


def _list(given: argparse.Namespace) -> None:
    told = _ask(given, "GET")
    if given.json:
        _print_json(told)
        return
    _print_rules(told["rules"])
    on = {each["name"] for each in told["rules"]}
    width = max(len(each["name"]) for each in told["catalogue"])
    print("\nBy name (* is on, = is always so):")
    service = ""
    for each in told["catalogue"]:
        if each["service"] != service:
            service = each["service"]
            print(f"\n{service}")
        mark = "*" if each["name"] in on else "=" if each["always"] else " "
        print(f"{mark} {each['name']:<{width}}  {each['says']}")


def _add(parser: argparse.ArgumentParser, given: argparse.Namespace) -> None:
    ways = [given.name, given.rule, given.file]
    if sum(way is not None for way in ways) != 1:
        parser.error(
            "which fault? Give a NAME (`dropbatch faults list`), --rule or --file"
        )
    told = _ask(given, "POST", _wanted(parser, given))
    if given.json:
        _print_json(told)
        return
    added = set(told["added"])
    _print_rules([each for each in told["rules"] if each["id"] in added])


def _wanted(parser: argparse.ArgumentParser, given: argparse.Namespace) -> Any:
    if given.file is not None:
        # It takes a moment to import, which the other ways don't need to wait.
        from localcloud.control.scenario import read_data

        try:
            wanted = read_data(given.file).get("faults", [])
        except ValueError as error:
            raise RefusedError(f"{given.file}: {error}") from error
        if not wanted:
            raise RefusedError(f"{given.file} has no `faults`")
        return wanted
    if given.rule is not None:
        try:
            return json.loads(given.rule)
        except ValueError as error:
            raise RefusedError(f"--rule is no JSON: {error}") from error
    return {"name": given.name, **_fields(parser, given.fields)}


def _fields(parser: argparse.ArgumentParser, texts: list[str]) -> Mapping[str, Any]:
    fields = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            parser.error(f"{text!r} is no FIELD=VALUE, such as times=2")
        try:
            fields[name] = json.loads(value)
        except ValueError:
            fields[name] = value
    return fields


def _clear(given: argparse.Namespace) -> None:
    path = _PATH if given.which is None else f"{_PATH}/{quote(given.which, safe='')}"
    told = _ask(given, "DELETE", path=path)
    if given.json:
        _print_json(told)
    else:
        _print_rules(told["rules"])


def _injected(given: argparse.Namespace) -> None:
    told = _ask(given, "GET")
    if given.json:
        _print_json({"injected": told["injected"]})
        return
    if not told["injected"]:
        print("Nothing was injected.")
    for each in told["injected"]:
        what = each["name"] or f"rule {each['rule']}"
        print(
            f"{each['time']}  {what}: {each['service']} {each['method']} "
            f"{each['resource']}"
        )


def _print_rules(rules: list[dict[str, Any]]) -> None:
    if not rules:
        print("No fault is on.")
    for each in rules:
        name = each["name"] or "(no name)"
        befell = f", befell {each['befell']}" if "befell" in each else ""
        print(f"{each['id']}  {name}: {each['service']} {each['method']}{befell}")


def _print_json(told: Any) -> None:
    print(json.dumps(told, indent=2))


def _ask(
    given: argparse.Namespace, method: str, body: Any = None, *, path: str = _PATH
) -> Any:
    running = arguments.data_folder(given).running()
    connection = http.client.HTTPConnection(
        "127.0.0.1", running.admin_port, timeout=_SECONDS
    )
    try:
        connection.request(method, path, None if body is None else json.dumps(body))
        answer = connection.getresponse()
        told = json.loads(answer.read())
    finally:
        connection.close()
    if answer.status >= 400:
        raise RefusedError(told["error"]["message"])
    return told
