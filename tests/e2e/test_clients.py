"""
Storage and Pub/Sub by Google's own clients, and what is no host of Google's.

Each program runs in a process of its own that has nothing but the door's variables.
"""

import json
import sys
from pathlib import Path

from tests import needs
from tests.running_cloud import RunningCloud

# A fact that is not even told is none.
MOST_FACTS = {"storage_whole.py": 19, "pubsub_whole.py": 9}
PROGRAMS = Path(__file__).parents[1] / "clients/python"

_REFUSED = """
import json, urllib.request
import requests

told = {}
try:
    requests.get("https://example.com/", timeout=10)
except requests.exceptions.ProxyError as error:
    told["requests"] = str(error)
told["plain"] = requests.get("http://example.com/", timeout=10).status_code
try:
    urllib.request.urlopen("https://example.com/", timeout=10)
except OSError as error:
    told["urllib"] = str(error)
print(json.dumps(told))
"""


def false_facts(cloud: RunningCloud, program: str, *arguments: str) -> list[str]:
    """
    Run a program that prints facts; return those that are not so.
    """
    done = cloud.run(
        *(sys.executable, str(PROGRAMS / program), *arguments), timeout=180
    )
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert len(facts) >= MOST_FACTS[program]
    return [name for name, is_so in facts.items() if not is_so]


def test_the_storage_client_finds_what_it_expects(bare_cloud: RunningCloud) -> None:
    assert false_facts(bare_cloud, "storage_whole.py", "storage-client") == []


def test_the_pubsub_client_finds_what_it_expects(bare_cloud: RunningCloud) -> None:
    assert false_facts(bare_cloud, "pubsub_whole.py") == []


def test_a_host_that_is_not_googles_is_refused(bare_cloud: RunningCloud) -> None:
    told = bare_cloud.python(_REFUSED)

    assert "403" in told["requests"]
    assert "403" in told["urllib"]
    assert told["plain"] == 403

    refused = bare_cloud.run(
        needs.program("curl"), "-sS", "--max-time", "10", "https://example.com/"
    )
    assert refused.returncode != 0
    assert "403" in refused.stderr
