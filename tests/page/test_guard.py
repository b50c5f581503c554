"""
Who may see the page and change something from it.
"""

import json

import pytest

from localcloud.page.answers import POLICY
from tests.page.cloud_in_thread import BEARER, CloudInThread

DATA = "/admin/state/summary"


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LocalHost", "127.0.0.1:9"])
def test_names_that_are_always_this_machines_are_answered(
    held: CloudInThread, name: str
) -> None:
    for path in ("/", DATA, "/admin/page/app.js"):
        assert held.ask("GET", path, Host=name).status == 200


@pytest.mark.parametrize(
    "name",
    [
        "evil.example",
        "evil.example:80",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "192.168.0.1",
        "",
    ],
)
def test_a_name_that_was_made_to_mean_this_machine_is_refused(
    held: CloudInThread, name: str
) -> None:
    for path in ("/", DATA, "/admin/page/app.js", "/admin/status"):
        assert held.ask("GET", path, Host=name).status == 403


def test_no_other_site_may_read_the_data_or_load_it(held: CloudInThread) -> None:
    for site in ("cross-site", "same-site"):
        assert held.ask("GET", DATA, Sec_Fetch_Site=site).status == 403
        assert held.ask("GET", "/admin/status", Sec_Fetch_Site=site).status == 403
        # A link from elsewhere leads to the page all the same.
        assert held.ask("GET", "/", Sec_Fetch_Site=site).status == 200
    answer = held.ask(
        "GET", DATA, Sec_Fetch_Site="same-origin", Origin=f"http://{held.host}"
    )
    assert answer.status == 200
    assert not [name for name in answer.headers if "access-control" in name.lower()]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_no_other_site_may_ask_for_leave_first(held: CloudInThread) -> None:
    answer = held.ask(
        *("OPTIONS", "/admin/state/jobs/cancel"),
        Origin="http://evil.example",
        Access_Control_Request_Method="POST",
    )

    assert answer.status == 403
    assert not [name for name in answer.headers if "access-control" in name.lower()]


@pytest.mark.parametrize(
    ("origin", "content_type", "status"),
    [
        ("http://evil.example", "application/json", 403),
        ("null", "application/json", 403),
        ("https://{host}", "application/json", 403),
        ("http://localhost:1", "application/json", 403),
        ("http://{host}", "text/plain", 415),
        ("http://{host}", "application/x-www-form-urlencoded", 415),
        # Let in: that job is not there.
        ("http://{host}", "application/json", 404),
        (None, "application/json", 404),
    ],
)
def test_a_change_comes_from_the_page_itself_as_json(
    held: CloudInThread, origin: str | None, content_type: str, status: int
) -> None:
    headers = {"Content_Type": content_type}
    if origin is not None:
        headers["Origin"] = origin.format(host=held.host)

    answer = held.ask(
        "POST", "/admin/state/jobs/cancel", json.dumps({"id": "1"}).encode(), **headers
    )

    assert answer.status == status


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_the_other_switches_are_guarded_as_well(
    held: CloudInThread, method: str
) -> None:
    for path in ("/admin/disturbance", "/admin/faults"):
        answer = held.ask(method, path, b"{}", Origin="http://evil.example")
        assert answer.status == 403, path
        own = {"Origin": f"http://{held.host}", "Content_Type": "text/plain"}
        assert held.ask(method, path, b"{}", **own).status == 415, path


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/storage/v1/b/guarded/o/kept?alt=media"),
        ("POST", "/upload/storage/v1/b/guarded/o?uploadType=media&name=new"),
        ("DELETE", "/storage/v1/b/guarded/o/kept"),
        ("DELETE", "/storage/v1/b/guarded/o/kept?upload_id=x"),
    ],
)
def test_no_other_site_reaches_storage(
    held: CloudInThread, method: str, path: str
) -> None:
    held.bucket("guarded")
    held.objects("guarded", {"kept": b"kept"})
    leave = {"Authorization": BEARER}
    kept = "/storage/v1/b/guarded/o?fields=items/name"

    for stranger in (
        {"Origin": "https://evil.example"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Host": "localhost.evil.example"},
    ):
        assert held.ask(method, path, b"", **leave, **stranger).status == 403
    assert held.ask(method, path, b"").status == 401

    # As programs on this machine ask, such as the simulator's worker.
    assert held.ask("GET", kept, None, **leave).json() == {"items": [{"name": "kept"}]}


def test_the_page_may_load_nothing_from_elsewhere(held: CloudInThread) -> None:
    answer = held.ask("GET", "/")

    policy = answer.headers["Content-Security-Policy"]
    assert policy == POLICY
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    ["page.py", "../page.py", "%2e%2e/page.py", "static", ".", "", "x.js", "a/b.js"],
)
def test_only_the_pages_own_files_are_served(held: CloudInThread, path: str) -> None:
    assert held.ask("GET", f"/admin/page/{path}").status == 404


def test_a_page_is_read_and_not_written(held: CloudInThread) -> None:
    assert held.ask("POST", "/").status == 404
    assert held.ask("POST", DATA).status == 404
    head = held.ask("HEAD", "/")
    assert (head.status, head.body) == (200, b"")
