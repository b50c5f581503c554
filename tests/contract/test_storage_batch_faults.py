"""
Faults of the calls that one batch request holds.
"""

import pytest
import requests

from localcloud.faults.rules import FaultError
from localcloud.storage.faults.rules import StorageFault
from tests.contract.storage_fault_fixtures import running, storage
from tests.contract.storage_stage import BROKEN, Storage

__all__ = ["running", "storage"]


def test_each_call_of_a_batch_meets_its_own_fault(storage: Storage) -> None:
    for name in ("a", "b"):
        storage.insert(name)
    storage.faults.add(
        StorageFault(
            method="storage.objects.delete",
            resource="/objects/a$",
            error=FaultError(code=503),
        )
    )
    answer = batch(storage, "a", "b")
    assert answer.text.count("HTTP/1.1 503") == 1
    assert answer.text.count("HTTP/1.1 204") == 1
    assert '"backendError"' in answer.text
    assert storage.generation("a")
    assert storage.generation("b") is None


@pytest.mark.parametrize("code", [499, 503, 520])
def test_any_status_can_be_an_answer_within_a_batch(
    storage: Storage, code: int
) -> None:
    """
    520 is among those that have no name.
    """
    storage.insert("a")
    storage.faults.add(
        StorageFault(method="storage.objects.delete", error=FaultError(code=code))
    )
    assert f"HTTP/1.1 {code} " in batch(storage, "a").text


def test_a_cut_within_a_batch_cuts_the_batch(storage: Storage) -> None:
    for name in ("a", "b"):
        storage.insert(name)
    storage.faults.add(
        StorageFault(method="storage.objects.delete", resource="/objects/b$", cut=True)
    )
    with pytest.raises(BROKEN):
        batch(storage, "a", "b")
    assert storage.generation("a") is None
    assert storage.generation("b")


def batch(storage: Storage, *names: str) -> requests.Response:
    parts = "".join(
        "--x\r\nContent-Type: application/http\r\n\r\n"
        f"DELETE /storage/v1/b/{storage.name}/o/{name} HTTP/1.1\r\n\r\n\r\n"
        for name in names
    )
    headers = {"Content-Type": "multipart/mixed; boundary=x"}
    return storage.call(
        "POST", "/batch/storage/v1", data=f"{parts}--x--", headers=headers
    )
