"""How ill a patient is: read of the one observation that the file names, kept on the visit, shown on the bed, heeded by the ranking."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from allocation.engine import suggest
from flow.codec import decode, decode_command, encode, encode_command
from flow.domain.acuity import Level
from flow.domain.escalation import cases
from flow.domain.escalation_rules import EscalationRules
from flow.domain.ids import BedId, PatientId, RequestId, VisitId
from flow.domain.request import BedRequest
from flow.domain.ward_commands import MarkAcuity, NoteScore, SeeScore
from flow.errors import Misconfigured, Refused, Unreadable
from flow.plan_file import parse_plan
from flow.settings import SAMPLE_HOSPITAL
from tests.hearing import T0, House, check

A1 = BedId("4B-A-01")
V1 = VisitId("V1")


def oru(score: str, code: str = "NEWS2^^L", *, minute: int = 0, visit: str = "V1", state: str = "F", order: str = "", sent: int = 0) -> str:
    taken, told = T0 + timedelta(minutes=minute), T0 + timedelta(minutes=sent or minute)
    return (
        f"MSH|^~\\&|EMR|H|||{told:%Y%m%d%H%M%S}+0000||ORU^R01|{minute}{score}{sent}|P|2.5\r"
        f"PID|1||1^^^H^MR||N^N||19800101|F\rPV1||I|||||||||||||||||{visit}\r"
        f"OBR|1|{order}||OBS^Observations\r"
        f"OBX|1|NM|8867-4^Pulse^LN||171|/min|||||{state}\r"
        f"OBX|2|NM|{code}||{score}||||||{state}|||{taken:%Y%m%d%H%M%S}+0000\r"
    )


def lying() -> House:
    house = House()
    house.hears("A01", "4B^A^1", at=0)
    house.now = T0 + timedelta(hours=5)
    return house


@pytest.mark.parametrize(("score", "level"), [("4", Level.LOW), ("5", Level.MEDIUM), ("7", Level.HIGH), ("12.0", Level.HIGH)])
def test_a_score_of_the_feed_is_a_level_on_visit_and_bed(score: str, level: Level) -> None:
    house = lying()
    house.reads(oru(score, minute=60))
    check(house)
    found = house.hospital.visits[V1].acuity
    assert found is not None and (found.level, found.score) == (level, int(float(score)))
    assert found.at == T0 + timedelta(minutes=60) and found.source.startswith("feed:")
    assert house.hospital.beds[A1].acuity == found
    visit = house.hospital.visits[V1]
    assert decode("visit", encode(visit)) == visit


def test_no_other_result_is_read() -> None:
    """The pulse beside it leaves no trace, nor does a score whose code the file does not name."""
    house = lying()
    house.reads(oru("7", order="O1", minute=60))
    kept = b"".join(encode(event.record) for event in house.log)
    assert b"171" not in kept
    with pytest.raises(Unreadable):
        house.reads(oru("9", "MEWS^^L", minute=70))
    for said in ("", "high", "700", "-3"):
        house.reads(oru(said, order="O1", minute=80))
    house.reads(oru("9", order="O1", state="W", minute=90))
    acuity = house.hospital.visits[V1].acuity
    assert acuity is not None and acuity.score == 7


def test_an_older_score_and_a_repeat_change_nothing_a_correction_does() -> None:
    house = lying()
    house.reads(oru("7", minute=60))
    house.reads(oru("1", minute=30))
    seq = house.hospital.seq
    house.reads(oru("7", minute=60))
    assert house.hospital.seq == seq
    house.reads(oru("8", minute=60, sent=65))
    house.reads(oru("9", minute=100))
    acuity = house.hospital.visits[V1].acuity
    assert acuity is not None and (acuity.score, acuity.since) == (9, T0 + timedelta(minutes=60)), "high since the first of them"


def test_a_tap_counts_until_the_next_score_and_goes_with_the_patient() -> None:
    house = lying()
    mark = MarkAcuity(V1, Level.HIGH)
    house.does(mark)
    seq = house.hospital.seq
    house.does(mark)
    assert house.hospital.seq == seq
    house.hears("A02", "4B^A^2")
    assert house.hospital.beds[A1].acuity is None
    moved = house.hospital.beds[BedId("4B-A-02")].acuity
    assert moved is not None and moved.level is Level.HIGH and moved.score is None
    house.reads(oru("1", minute=24 * 60))
    assert house.hospital.visits[V1].acuity.level is Level.LOW  # type: ignore[union-attr]
    house.does(MarkAcuity(V1, None))
    assert house.hospital.visits[V1].acuity is None
    assert decode_command("MarkAcuity", encode_command(mark)) == mark
    with pytest.raises(Refused):
        house.does(replace(mark, if_seq=1))


def test_a_score_without_a_number_is_of_the_only_stay() -> None:
    house = lying()
    house.reads(oru("6", visit="", minute=60))
    assert house.hospital.visits[V1].acuity is not None
    house.hears("A03")
    seq = house.hospital.seq
    house.does(NoteScore(PatientId("1"), V1, 9, T0 + timedelta(days=1), T0))
    assert house.hospital.seq == seq, "who has left is not scored"


def test_who_must_be_watched_is_drawn_to_the_station() -> None:
    house = lying()
    asked = BedRequest(RequestId("R1"), PatientId("1"), T0, "general", sex="F", visit=V1)

    def points(later: int = 0) -> dict[BedId, int]:
        found = suggest(asked, house.hospital, house.now + timedelta(hours=later))
        return {each.bed: term.points for each in found.ranked for term in each.terms if term.name == "station"}

    before = points()
    house.does(MarkAcuity(V1, Level.HIGH))
    after = points()
    factor = house.hospital.plan.weights.watched_factor
    assert factor > 1 and any(before.values())
    assert all(abs(after[bed] - worth * factor) < factor for bed, worth in before.items())
    assert points(later=13) == after, "a nurse's word counts until it is taken back"
    house.now += timedelta(hours=1)
    house.reads(oru("9", minute=420))
    assert points() == after and points(later=13) == before, "a score for some hours"


def test_the_file_names_the_codes_and_levels() -> None:
    text = SAMPLE_HOSPITAL.read_text()
    assert parse_plan(text, "sample.toml").station.codes == ("NEWS2", "1104051000000101")
    told = parse_plan(text.replace("high = 7\n", "high = 8\n"), "sample.toml").station
    assert (told.high, told.medium) == (8, 5)
    with pytest.raises(Misconfigured, match="begins above a medium one"):
        parse_plan(text.replace("high = 7\n", "high = 5\n"), "sample.toml")
    with pytest.raises(Misconfigured, match="below a medium one"):
        parse_plan(text.replace("step_down = 2\n", "step_down = 6\n"), "sample.toml")


# --- a score that turns high calls somebody ---


def calls(house: House) -> list[tuple[str, str]]:
    found = cases(house.hospital, EscalationRules(), house.now)
    return [(case.words, case.subject) for case in found if case.rule == "score-high"]


def alarm(house: House) -> datetime | None:
    acuity = house.hospital.visits[V1].acuity
    return acuity.alarm_since if acuity is not None else None


def test_a_rise_calls_once_until_somebody_has_seen_it() -> None:
    house = lying()
    house.reads(oru("4", minute=60))
    assert calls(house) == []
    house.reads(oru("7", minute=70))
    since = alarm(house)
    assert since == house.now
    assert [words for words, _ in calls(house)] == ["4B A1"]
    house.reads(oru("9", minute=80))
    assert alarm(house) == since and len(calls(house)) == 1, "the same rise"
    house.hears("A02", "4B^A^2")
    assert [words for words, _ in calls(house)] == ["4B A2"], "it goes with the patient"
    with pytest.raises(Refused):
        house.does(SeeScore(V1, if_seq=1))
    house.does(SeeScore(V1))
    assert calls(house) == [] and house.does(SeeScore(V1)) == []
    house.reads(oru("8", minute=100))
    assert calls(house) == [], "seen, and still the same rise"
    house.reads(oru("3", minute=15 * 60))
    house.reads(oru("7", minute=16 * 60))
    assert len(calls(house)) == 1 and alarm(house) != since, "it fell and rose again"
    check(house)
    assert decode_command("SeeScore", encode_command(SeeScore(V1))) == SeeScore(V1)


def test_a_tap_has_seen_it_and_who_has_left_is_over() -> None:
    house = lying()
    house.does(MarkAcuity(V1, Level.HIGH))
    assert calls(house) == [], "she who taps knows"
    house.reads(oru("2", minute=24 * 60))
    house.reads(oru("8", minute=24 * 60 + 5))
    assert len(calls(house)) == 1
    house.does(MarkAcuity(V1, Level.HIGH))
    assert calls(house) == []
    house.reads(oru("2", minute=48 * 60))
    house.reads(oru("8", minute=48 * 60 + 5))
    house.hears("A03")
    assert calls(house) == []


def test_an_old_score_and_a_house_of_old_rules_call_nobody() -> None:
    house = lying()
    house.now = T0 + timedelta(hours=13)
    house.reads(oru("9", minute=10))
    assert alarm(house) is None and calls(house) == []
    past = lying()
    past.hospital.told_rules = replace(past.hospital.rules, tells_scores=False)
    past.reads(oru("9", minute=60))
    assert alarm(past) is None


def test_in_intensive_care_a_high_score_calls_nobody() -> None:
    house = House()
    house.hears("A01", "ICU^I^1")
    house.reads(oru("9", minute=60))
    assert alarm(house) is None and calls(house) == []
