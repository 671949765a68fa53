"""Which way a patient leaves, by the feed: who pays, a death, against advice; by its own words, and never guessed."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations

import pytest

from flow.domain.cause import Origin
from flow.domain.discharge import Discharge, Milestone, Way
from flow.domain.discharge_commands import AskInsurer, BeginDischarge, CallOffDischarge, MarkMilestone
from flow.domain.feed_commands import ChangeFeed
from flow.domain.house_rules import BEFORE
from flow.domain.ids import FeedId, VisitId
from flow.domain.way_told import TABLE_0112, USUAL
from flow.errors import Refused
from flow.views.integration.tray import of_visits
from tests.hearing import House, check

HIS = FeedId("his")
V1 = VisitId("V1")
M = Milestone
PAYERS = {"SELF": "cash", "STAR": "cashless", "PM-JAY": "pmjay"}


@pytest.fixture
def house() -> Iterator[House]:
    fresh = House()
    fresh.does(ChangeFeed(HIS, payers=PAYERS, dispositions={"LAMA": "against_advice", "MLC": "medico_legal", "P3": "onward_3", "H": USUAL}))
    tells(fresh, "A01")
    yield fresh
    check(fresh)


def letter(house: House, trigger: str, payer: str, disposition: str, died: str, tail: str) -> str:
    when = f"{house.now:%Y%m%d%H%M%S}+0000"
    pid = "PID|" + "|".join({3: "1^^^H^MR", 5: "Rao^Meera", 8: "F", 30: died}.get(n, "") for n in range(1, 31))
    fields = {2: "I", 3: "4B^A^1", 19: "V1", 20: payer, 36: disposition}
    pv1 = "PV1|" + "|".join(fields.get(n, "") for n in range(1, 37))
    head = f"MSH|^~\\&|HIS|H|||{when}||ADT^{trigger}|{len(house.log)}|P|2.5\rEVN|{trigger}|{when}"
    return f"{head}\r{pid}\r{pv1}\r{tail}"


def tells(house: House, trigger: str, payer: str = "", disposition: str = "", died: str = "", tail: str = "") -> None:
    house.reads(letter(house, trigger, payer, disposition, died, tail))


def discharge(house: House) -> Discharge:
    return house.hospital.discharges[V1]


def unknown(house: House) -> set[tuple[str, str]]:
    return {(word.kind, word.spelt) for word in of_visits(house.hospital).values() if word.kind in ("payers", "dispositions")}


# --- who pays ---


@pytest.mark.parametrize(
    ("payer", "tail", "way"),
    [
        ("SELF", "", Way.CASH),
        ("star^20260101", "", Way.CASHLESS),
        ("PM-JAY", "IN1|1|STAR", Way.PMJAY),
        ("", "IN1|1|STAR^Star Health|C7", Way.CASHLESS),
        ("", "IN1|1||PM-JAY", Way.PMJAY),
        ("", "IN1|1|X|||||||||||||STAR", Way.CASHLESS),
        ("", "IN1|1\rIN2|" + "|" * 24 + "PM-JAY^^^NHA", Way.PMJAY),
        ("GENERAL", "IN1|1|STAR", Way.CASHLESS),
    ],
)
def test_who_pays_chooses_the_steps(house: House, payer: str, tail: str, way: Way) -> None:
    tells(house, "A08", payer, tail=tail)
    tells(house, "A16")
    assert (discharge(house).way, discharge(house).assumed, discharge(house).by_feed) == (way, False, True)
    assert unknown(house) == set()


def test_the_payer_that_comes_late_changes_what_was_assumed(house: House) -> None:
    tells(house, "A16")
    assert (discharge(house).way, discharge(house).assumed) == (Way.CASH, True)
    tells(house, "A08", "STAR")
    assert (discharge(house).way, discharge(house).assumed) == (Way.CASHLESS, False)
    tells(house, "A08", '""')
    assert (discharge(house).way, discharge(house).assumed) == (Way.CASH, True)


def test_a_word_nobody_knows_is_not_guessed_and_asks_for_its_meaning(house: House) -> None:
    tells(house, "A16", "CASHLESS", "4")
    assert (discharge(house).way, discharge(house).assumed) == (Way.CASH, True)
    assert unknown(house) == {("payers", "CASHLESS"), ("dispositions", "4")}
    house.does(ChangeFeed(HIS, payers={"cashless": "cashless"}))
    assert (discharge(house).way, discharge(house).by_feed) == (Way.CASHLESS, True)
    house.does(ChangeFeed(HIS, dispositions={"4": "against_advice"}))
    assert discharge(house).way is Way.AGAINST_ADVICE
    assert unknown(house) == set()


def test_what_a_person_chose_stays_whoever_pays(house: House) -> None:
    tells(house, "A08", "STAR")
    house.does(BeginDischarge(V1, Way.ONWARD_2))
    tells(house, "A08", "PM-JAY")
    assert (discharge(house).way, discharge(house).by_feed) == (Way.ONWARD_2, False)


def test_who_asks_the_insurer_has_chosen(house: House) -> None:
    tells(house, "A16", "SELF")
    house.does(AskInsurer(V1))
    tells(house, "A08", "SELF")
    assert (discharge(house).way, discharge(house).by_feed) == (Way.CASHLESS, False)


@pytest.mark.parametrize(("payer", "way"), [({"X": "death"}, {}), ({}, {"X": "cash"}), ({"X": "free"}, {})])
def test_a_word_means_what_there_is(house: House, payer: dict[str, str], way: dict[str, str]) -> None:
    with pytest.raises(Refused, match="is no "):
        house.does(ChangeFeed(HIS, payers=payer, dispositions=way))


# --- how it ends ---


@pytest.mark.parametrize(
    ("disposition", "way"),
    [("07", Way.AGAINST_ADVICE), ("20", Way.DEATH), ("41", Way.DEATH), ("lama^left", Way.AGAINST_ADVICE), ("P3", Way.ONWARD_3)],
)
def test_the_disposition_overrules_the_payer(house: House, disposition: str, way: Way) -> None:
    tells(house, "A16", "STAR", disposition)
    assert discharge(house).way is way


@pytest.mark.parametrize("disposition", ["01", "H", "30"])
def test_who_leaves_as_usual_leaves_as_the_payer_says(house: House, disposition: str) -> None:
    tells(house, "A16", "STAR", disposition)
    assert discharge(house).way is Way.CASHLESS and unknown(house) == set()


def test_what_each_state_defines_is_not_guessed() -> None:
    assert {f"{code}" for code in (*range(10, 20), *range(21, 30), *range(31, 40))}.isdisjoint(TABLE_0112)


def test_a_death_begins_its_own_discharge_and_frees_no_bed(house: House) -> None:
    tells(house, "A08", "STAR", died="Y")
    assert (discharge(house).way, discharge(house).open, discharge(house).is_ordered) == (Way.DEATH, (M.CERTIFICATE,), True)
    assert house.holder(next(iter(house.hospital.plan.beds))) == "V1"
    tells(house, "A08", died="Y")
    assert discharge(house).is_live
    tells(house, "A03", disposition="20")
    assert (discharge(house).is_live, discharge(house).way) == (False, Way.DEATH)


def test_a_death_that_is_taken_back_ends_what_it_began(house: House) -> None:
    tells(house, "A08", died="Y")
    tells(house, "A08", died="N")
    assert discharge(house).called_off


def test_a_death_during_a_discharge_changes_its_way_whoever_chose_it(house: House) -> None:
    house.does(BeginDischarge(V1, Way.CASHLESS))
    house.does(MarkMilestone(V1, M.SUMMARY))
    tells(house, "A08", died="Y")
    assert (discharge(house).way, discharge(house).open) == (Way.DEATH, (M.CERTIFICATE,))
    house.does(BeginDischarge(V1, Way.MEDICO_LEGAL))
    tells(house, "A08", "STAR", died="Y")
    assert discharge(house).way is Way.MEDICO_LEGAL, "a person knows better than the letter that says the same again"


def test_the_nurse_knew_before_the_feed_that_the_police_is_wanted(house: House) -> None:
    house.does(BeginDischarge(V1, Way.MEDICO_LEGAL))
    tells(house, "A08", died="Y")
    assert discharge(house).way is Way.MEDICO_LEGAL
    assert not discharge(house).by_feed


def test_called_off_by_hand_it_is_not_begun_again_by_the_same_death(house: House) -> None:
    tells(house, "A08", died="Y")
    house.does(CallOffDischarge(V1))
    tells(house, "A08", died="Y")
    assert discharge(house).called_off


def test_the_leaving_letter_alone_says_that_it_was_against_advice(house: House) -> None:
    tells(house, "A16", "SELF")
    tells(house, "A03", disposition="07")
    assert (discharge(house).way, discharge(house).is_live) == (Way.AGAINST_ADVICE, False)
    tells(house, "A13", disposition="07")
    assert (discharge(house).way, discharge(house).is_live) == (Way.CASH, True), "what was cancelled is not believed"


def test_in_any_order_the_way_is_the_same() -> None:
    ways = set()
    for order in permutations(range(4)):
        house = House()
        house.does(ChangeFeed(HIS, payers=PAYERS))
        tells(house, "A01")
        made = []
        for trigger, payer, disposition in (("A08", "STAR", ""), ("A16", "", ""), ("A08", "", "07"), ("A08", "SELF", "")):
            made.append(letter(house, trigger, payer, disposition, "", ""))
            house.now += timedelta(hours=1)
        for number in order:
            house.reads(made[number])
        ways.add((discharge(house).way, discharge(house).assumed, house.hospital.visits[V1].course.way))
    assert len(ways) == 1 and next(iter(ways))[0] is Way.AGAINST_ADVICE


def test_before_the_rules_told_of_it_nothing_of_it_is_read() -> None:
    old = House()
    old.hospital.told_rules = BEFORE
    tells(old, "A01", "STAR", "20", "Y")
    assert old.hospital.visits[V1].course.way is None


# --- medicines to take home ---


def medicine(house: House, kind: str, number: str, order_type: str, detail: str) -> None:
    when = f"{house.now:%Y%m%d%H%M%S}+0000"
    orc = "ORC|" + "|".join({1: "NW", 2: number, 29: order_type}.get(n, "") for n in range(1, 30))
    head = f"MSH|^~\\&|PHARM|H|||{when}||{kind}|{len(house.log)}|P|2.5"
    house.reads("\r".join((head, "PID|1||1^^^H^MR||Rao^Meera", "PV1||I" + "|" * 17 + "V1", orc, detail)))


def test_what_was_ordered_to_take_home_before_the_order_to_leave_counts(house: House) -> None:
    medicine(house, "RDE^O11", "1", "O", "RXE||AMOX")
    medicine(house, "RDE^O11", "2", "I", "RXE||PARA")
    medicine(house, "RDE^O11", "3", "", "RXE||HEPA")
    tells(house, "A16")
    assert discharge(house).awaited == {"his/1/1"}
    medicine(house, "RDS^O13", "2", "I", "RXD|1|PARA")
    assert M.PHARMACY in discharge(house).left
    medicine(house, "RDS^O13", "1", "O", "RXD|1|AMOX")
    assert discharge(house).marks[M.PHARMACY].source == "feed:somebody"


def test_what_was_dispensed_before_the_order_to_leave_is_the_pharmacy_done(house: House) -> None:
    medicine(house, "RDE^O11", "1", "O", "RXE||AMOX")
    medicine(house, "RDS^O13", "1", "O", "RXD|1|AMOX")
    at = house.now
    house.does(BeginDischarge(V1, Way.CASH))
    mark = discharge(house).marks[M.PHARMACY]
    assert (mark.source, mark.at <= at) == ("feed:his", True)


def test_what_is_for_the_ward_holds_nobody_up_though_it_is_ordered_late(house: House) -> None:
    tells(house, "A16")
    medicine(house, "RDE^O11", "1", "I", "RXE||PARA")
    assert discharge(house).awaited == frozenset()
    medicine(house, "RDE^O11", "2", "O", "RXE||AMOX")
    medicine(house, "RDE^O11", "3", "", "RXE||HEPA")
    assert discharge(house).awaited == {"his/1/2", "his/1/3"}


def test_a_way_without_a_pharmacy_waits_for_no_medicine(house: House) -> None:
    medicine(house, "RDE^O11", "1", "O", "RXE||AMOX")
    house.does(BeginDischarge(V1, Way.AGAINST_ADVICE), Origin.PERSON)
    assert discharge(house).awaited == frozenset()
