"""
The catalogue: every fault that a simulator must play is there, by a fit name.
"""

import re
from typing import Any

import pytest

from localcloud.control.given import Disturbing, read_given
from localcloud.control.switches import Switches
from localcloud.faults.catalogue.entries import SERVICES, Entry, catalogue
from localcloud.faults.faults import Faults
from localcloud.pipeline.delivery import Disturbance

# What the facts document lists in section H, each with the names that play it.
SECTION_H = {
    "accepted, then failed with code 3": ["import-failed"],
    "accepted, then failed with code 7": ["results-not-writable"],
    "accepted, then failed with code 9": ["bucket-not-found"],
    "accepted, then failed with code 13": ["system-error", "export-failed"],
    "PENDING and QUEUED in turn": ["queued-and-pending"],
    "EXPIRED after 72 hours": ["queue-stuck", "expired"],
    "cut off after 24 hours, one state": ["cut-off-failed"],
    "cut off after 24 hours, the other": ["cut-off-cancelled"],
    "PARTIALLY_SUCCEEDED": ["partially-succeeded"],
    "PAUSED": ["paused"],
    "CANCELLING that ends SUCCEEDED": ["cancel-too-late"],
    "outputInfo late": ["output-info-late", "output-info-after-end"],
    "outputInfo absent": ["output-info-absent"],
    "a directory with a slash": ["output-info-slash"],
    "a directory without one": ["output-info-without-slash"],
    "completionStats absent": ["completion-stats-absent"],
    "zero counts left out": ["zero-counts-omitted"],
    "an unknown count": ["completion-stats-minus-one"],
    "an error with details": ["error-details"],
    "an error without": ["error-without-details"],
    "no endTime on EXPIRED": ["expired-without-end-time"],
    "rows in another order": ["rows-shuffled"],
    "nulls in echoed requests": ["nulls-in-requests"],
    "ids coerced": ["ids-coerced"],
    "failed rows with an empty response": ["rows-failed"],
    "failed rows without a response": ["rows-failed-without-response"],
    "success without candidates": ["rows-blocked"],
    "success without text": ["rows-without-text"],
    "incremental objects before the end": ["incremental-predictions"],
    "names with the project's number": ["project-number-in-names"],
    "a cancel that is refused": ["cancel-of-ended-job"],
    "a delete that is refused": ["delete-of-active-job"],
    "404 for a model": ["model-missing"],
    "404 for a model in a region": ["model-not-in-region"],
    "403": ["create-forbidden"],
    "503 on a create that made its job": ["create-lost-503"],
    "504 on a create that made its job": ["create-lost-504"],
    "a reset on a create that made its job": ["create-lost-reset"],
    "a timeout on a create that made its job": ["create-lost-timeout"],
    "429, which never creates": ["create-quota"],
    "events twice under other ids": ["events-duplicated"],
    "events out of order": ["events-out-of-order"],
    "an overwrite is another generation": [
        "overwrite-is-another-event",
        "storage-upload-lost",
    ],
    "a state of the future": ["unknown-state"],
}


def test_every_fault_that_a_simulator_must_play_has_a_name() -> None:
    named = {name for names in SECTION_H.values() for name in names}
    said = {each.name for each in catalogue().values() if "H" in each.facts}
    assert named == said


@pytest.mark.parametrize("entry", catalogue().values(), ids=lambda entry: entry.name)
def test_an_entry_has_a_fit_name_and_one_sentence(entry: Entry) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+|[a-z]+", entry.name)
    assert re.fullmatch(r"[A-Z][^\n]*\.", entry.says)
    assert ". " not in entry.says
    assert entry.service in SERVICES
    ways = [bool(entry.rules), bool(entry.disturbance), entry.always]
    assert sum(ways) == 1


@pytest.mark.parametrize(
    "entry",
    [each for each in catalogue().values() if not each.always],
    ids=lambda entry: entry.name,
)
def test_an_entry_makes_sense(entry: Entry) -> None:
    for each in read_given({"name": entry.name}):
        assert each.name == entry.name
        if not isinstance(each, Disturbing):
            assert each.service == entry.service


def test_what_is_given_beside_a_name_holds_for_all_its_rules() -> None:
    rules: list[Any] = read_given({"name": "reads-quota", "times": 2, "seed": 7})
    assert [(rule.times, rule.seed) for rule in rules] == [(2, 7), (2, 7)]
    assert {rule.method for rule in rules} == {
        "GetBatchPredictionJob",
        "ListBatchPredictionJobs",
    }


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"name": "creat-lost-503"}, "did you mean 'create-lost-503'"),
        ({"name": "zzzzzz"}, "`dropbatch faults list` shows them"),
        ({"name": "paused", "tims": 1}, "did you mean `times`"),
        ({"name": "paused", "service": "storage"}, "leave out `service`"),
        ({"name": "cancel-of-ended-job"}, "nothing to switch on"),
        ({"name": "events-late", "copies": -1}, "copies are 0 or more"),
        ({"name": "events-late", "times": 1}, "there is no `times`"),
        ({"name": "events-late", "delay_seconds": [2, 1]}, "shortest and the longest"),
        ([{"name": "paused"}, {"name": "no"}], "there is no fault 'no'"),
    ],
)
def test_what_makes_no_sense_is_told_and_nothing_is_switched_on(
    given: Any, told: str
) -> None:
    switches = Switches(Faults())
    with pytest.raises(ValueError, match=told):
        switches.add(given)
    assert switches.told()["rules"] == []


def test_a_name_that_is_nobodys_names_a_rule_of_ones_own() -> None:
    switches = Switches(Faults())
    switches.add({"name": "mine", "cut": True})
    (rule,) = switches.told()["rules"]
    assert (rule["name"], rule["service"], rule["cut"]) == ("mine", "*", True)


class Events:
    """
    What events come by.
    """

    def disturb(self, disturbance: Disturbance) -> None:
        self.disturbance = disturbance


def test_disturbances_are_in_force_together_and_go_one_by_one() -> None:
    switches, events = Switches(Faults(), Disturbance(seed=3)), Events()
    switches.add([{"name": "events-duplicated"}, {"name": "events-late", "copies": 4}])
    switches.join(events)
    late = (1.0, 5.0)
    assert events.disturbance == Disturbance(seed=3, copies=4, delay_seconds=late)
    assert switches.remove("events-late") == 1
    assert events.disturbance == Disturbance(seed=3, copies=1)
    assert switches.remove("events-late") == 0
    switches.set_base({"shuffle": True})
    assert events.disturbance == Disturbance(copies=1, shuffle=True)
    switches.clear()
    assert events.disturbance == Disturbance(shuffle=True)


def test_without_a_pipeline_there_are_no_events_to_disturb() -> None:
    switches = Switches(Faults(), events=False)
    for disturb in (
        lambda: switches.add([{"cut": True}, {"name": "events-late"}]),
        lambda: switches.set_base({"copies": 1}),
    ):
        with pytest.raises(ValueError, match="start it without --bare"):
            disturb()
    assert switches.told()["rules"] == []


def test_ids_are_the_rules_own_and_names_are_shared() -> None:
    switches = Switches(Faults())
    ids = switches.add([{"name": "reads-quota"}, {"name": "events-late"}])
    assert [rule["id"] for rule in switches.told()["rules"]] == ids
    assert len(set(ids)) == 3
    assert switches.remove(ids[0]) == 1
    assert switches.remove("reads-quota") == 1
    assert [rule["id"] for rule in switches.told()["rules"]] == ids[2:]
