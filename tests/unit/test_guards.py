"""Whose name is withheld, as a feed says it: PV1-16, PV2-22, PD1-12; nothing said is no change, `""` and a no take it back."""

from dataclasses import replace

import pytest

from adt_feed.mapping import Reading
from flow.domain.person import Guard
from tests.unit.test_mapping import FEED, PID, letter, pv1, reading

VIP, VISIT, PERSON = Guard.VIP, Guard.VISIT, Guard.PERSON


def said(found: Reading) -> dict[Guard, bool]:
    (person,) = found.people
    return dict(person.guards)


@pytest.mark.parametrize(
    ("word", "stands"),
    [("VIP", True), ("Y", True), ("1", True), ("V^Very important^L0099", True), ('""', False), ("N", False), ("no", False), ("0", False)],
)
def test_a_vip_is_who_the_sender_says_is_one(word: str, stands: bool) -> None:
    assert said(reading(letter("A01", pv1("4B^A^1", f16=word)))) == {VIP: stands}


def test_a_feed_may_have_words_of_its_own() -> None:
    feed = replace(FEED, vip=("v1", "V2"))
    for word, stands in (("V1", True), ("v2", True), ("Y", False), ("REGULAR", False)):
        assert said(reading(letter("A01", pv1("4B^A^1", f16=word)), feed)) == {VIP: stands}
    assert said(reading(letter("A01", pv1("4B^A^1")), feed)) == {}


@pytest.mark.parametrize("word", ["", "U", " "])
def test_nothing_said_changes_nothing(word: str) -> None:
    assert said(reading(letter("A08", pv1("4B^A^1", f16=word)))) == {}


def test_visit_and_person_are_asked_for_by_fields_of_their_own() -> None:
    pv2, pd1 = "PV2|" + "|" * 21 + "Y", "PD1|" + "|" * 11 + "Y"
    assert said(reading(letter("A01", pv1("4B^A^1"), pv2, pd1))) == {VISIT: True, PERSON: True}
    assert said(reading(letter("A31", "", pd1))) == {PERSON: True}
    assert said(reading(letter("A08", pv1("4B^A^1"), pv2.replace("Y", '""'), pd1))) == {VISIT: False, PERSON: True}


def test_a_merge_says_who_they_were() -> None:
    (person,) = reading(letter("A40", "", "MRG|777^^^HOSP^MR", pid=PID)).people
    assert person.once is not None and person.once.endswith("/777")
