"""Messages to commands, one row of the table of triggers after the other."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from adt_feed.mapping import Reading, read
from adt_feed.mapping.triggers import TRIGGERS
from adt_feed.message import Message
from flow.domain.commands import Chart, MergePatients, ReportBed, Told
from flow.domain.ids import PatientId
from flow.domain.plan import Feed
from flow.domain.visit import Act
from flow.errors import Unreadable
from tests.plans import small_plan

PLAN = small_plan()
FEED = PLAN.feeds[0]
RECEIVED = datetime(2026, 3, 1, 12, tzinfo=UTC)
PID = "PID|1||12345^^^HOSP^MR~91-2345-6789-0123^^^ABDM^ABHA||Rao^Meera||19800210|F"


def letter(trigger: str, pv1: str = "", *more: str, evn: str = "20260301100000", header: str = "", pid: str = PID) -> Message:
    msh = header or f"MSH|^~\\&|HIS|HOSP|BED|HOSP|20260301100005||ADT^{trigger}|77|P|2.5|9"
    return Message.parse("\r".join(line for line in (msh, f"EVN|{trigger}|{evn}", pid, pv1, *more) if line).encode())


def pv1(place: str = "", **fields: str) -> str:
    values = {"2": "I", "3": place, "19": "V1^^^HOSP^VN"} | {key[1:]: value for key, value in fields.items()}
    return "PV1|" + "|".join(values.get(str(n), "") for n in range(1, 51))


def reading(message: Message, feed: Feed = FEED) -> Reading:
    return read(message, feed, lambda mrn, authority: PatientId(f"{authority}/{mrn}"), RECEIVED, PLAN.bed_at)


def charts(found: Reading) -> list[Chart]:
    """Without what may follow for an outpatient's token."""
    return [command for command in found.commands if isinstance(command, Chart)]


def told(message: Message, feed: Feed = FEED) -> Told:
    (command,) = charts(reading(message, feed))
    assert command.feed == "his"
    return command.told[0]


ACTS = {
    "A01": Act.ADMIT,
    "A02": Act.TRANSFER,
    "A03": Act.DISCHARGE,
    "A04": Act.REGISTER,
    "A05": Act.PLAN,
    "A06": Act.TO_INPATIENT,
    "A07": Act.TO_OUTPATIENT,
    "A08": Act.AMEND,
    "A09": Act.LEAVE_FOR,
    "A10": Act.ARRIVE_BACK,
    "A11": Act.CANCEL_ADMIT,
    "A12": Act.CANCEL_TRANSFER,
    "A13": Act.CANCEL_DISCHARGE,
    "A14": Act.PLAN,
    "A15": Act.PEND_TRANSFER,
    "A16": Act.PEND_DISCHARGE,
    "A21": Act.LEAVE_OF_ABSENCE,
    "A22": Act.RETURN,
    "A23": Act.PURGE,
    "A25": Act.CANCEL_PEND_DISCHARGE,
    "A26": Act.CANCEL_PEND_TRANSFER,
    "A27": Act.CANCEL_PLAN,
    "A32": Act.CANCEL_ARRIVE_BACK,
    "A33": Act.CANCEL_LEAVE_FOR,
    "A38": Act.CANCEL_PLAN,
    "A52": Act.CANCEL_LEAVE,
    "A53": Act.CANCEL_RETURN,
}
NOTES = ("A24", "A28", "A31", "A37", "A54", "A55", "A60", "A61", "A62")
MERGES = ("A18", "A30", "A34", "A35", "A36", "A39", "A40", "A41", "A42", "A43", "A44", "A45", "A47", "A49", "A50", "A51")


@pytest.mark.parametrize(("trigger", "act"), ACTS.items())
def test_a_trigger_tells_of_its_act(trigger: str, act: Act) -> None:
    heard = told(letter(trigger, pv1("4B^A^1")))
    assert (heard.visit, heard.fact.act, heard.person.patient) == ("V1", act, "/12345")


def test_every_row_is_tested_somewhere() -> None:
    assert set(TRIGGERS) == {*ACTS, *NOTES, *MERGES, "A17", "A20", "A29", "Z99"}


@pytest.mark.parametrize("trigger", ["A46", "A99", "Z98", ""])
def test_what_has_no_row_is_kept(trigger: str) -> None:
    with pytest.raises(Unreadable) as problem:
        reading(letter(trigger, pv1("4B^A^1"), header=f"MSH|^~\\&|HIS|HOSP|||20260301100005||ADT^{trigger}|77|P|2.5"))
    assert problem.value.code == "not-mapped"


def test_another_type_with_a_trigger_of_adt_is_kept() -> None:
    with pytest.raises(Unreadable, match="not mapped"):
        reading(letter("A01", pv1(), header="MSH|^~\\&|HIS|HOSP|||20260301100005||BAR^A01|77|P|2.5"))


def test_free_text_in_msh_9_is_not_repeated() -> None:
    with pytest.raises(Unreadable) as problem:
        reading(letter("A01", pv1(), header="MSH|^~\\&|HIS|HOSP|||20260301100005||Rao Meera 1980^X|77|P|2.5"))
    assert "Rao" not in problem.value.reason


# --- time and order: HL7.md rule 3 ---


def test_the_event_happened_at_evn_6() -> None:
    fact = told(letter("A01", pv1("4B^A^1"), evn="20260301100000||||20260301093000")).fact
    assert fact.at == datetime(2026, 3, 1, 4, 0, tzinfo=UTC)  # 09:30 in Kolkata


def test_in_a_cancel_evn_6_is_what_is_cancelled() -> None:
    fact = told(letter("A12", pv1("4B^A^1"), evn="20260301100000||||20260301093000")).fact
    assert (fact.at, fact.undoes_at) == (datetime(2026, 3, 1, 4, 30, tzinfo=UTC), datetime(2026, 3, 1, 4, 0, tzinfo=UTC))


def test_without_evn_the_header_tells_the_time_and_without_both_the_arrival() -> None:
    assert told(letter("A01", pv1("4B^A^1"), evn="")).fact.at == datetime(2026, 3, 1, 4, 30, 5, tzinfo=UTC)
    timeless = letter("A01", pv1("4B^A^1"), evn="", header="MSH|^~\\&|HIS|HOSP|||||ADT^A01|77|P|2.5")
    assert told(timeless).fact.at == RECEIVED


def test_an_offset_beats_the_zone_of_the_feed() -> None:
    assert told(letter("A01", pv1("4B^A^1"), evn="20260301100000+0000")).fact.at == datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_the_offset_of_the_header_beats_the_zone_of_the_feed() -> None:
    header = "MSH|^~\\&|HIS|HOSP|||{}||ADT^A16|77|P|2.5"
    for sent, hour in (("20260301100005+0200", 8), ("20260301100005Z", 10), ("20260301100005", 4), ("", 4)):
        heard = told(letter("A16", pv1(), "PV2|||||||||20260301100000", header=header.format(sent))).fact
        assert (heard.at.hour, heard.expected and heard.expected.hour) == (hour, hour)
    both = told(letter("A01", pv1(), evn="20260301100000+0000", header=header.format("20260301100005+0200"))).fact
    assert both.at.hour == 10  # its own offset first


def test_ties_are_broken_by_msh_7_13_and_10() -> None:
    order = told(letter("A01", pv1("4B^A^1"))).fact.order
    assert (order.sent, order.sequence, order.number, order.control) == (datetime(2026, 3, 1, 4, 30, 5, tzinfo=UTC), 9, 77, "77")
    later = told(letter("A01", pv1(), header="MSH|^~\\&|HIS|HOSP|||20260301100005||ADT^A01|100|P|2.5|9")).fact.order
    assert order < later  # 77 before 100, as numbers


def test_a_control_id_too_long_for_a_number_is_text() -> None:
    order = told(letter("A01", pv1(), header=f"MSH|^~\\&|HIS|HOSP|||20260301100005||ADT^A01|{'9' * 20}|P|2.5")).fact.order
    assert (order.number, order.control) == (0, "9" * 20)


# --- which visit and whom: rule 2 ---


def test_the_visit_is_pv1_19_then_pid_18_then_pv1_50() -> None:
    account = PID + "|" * 10 + "ACC7^^^HOSP"
    assert told(letter("A01", pv1(), pid=account)).visit == "V1"
    assert told(letter("A01", pv1(_19="", _50="ALT9"), pid=account)).visit == "ACC7"
    assert told(letter("A01", pv1(_19="", _50="ALT9"))).visit == "ALT9"


def test_a_feed_says_where_its_visit_numbers_stand() -> None:
    account = PID + "|" * 10 + "ACC7^^^HOSP"
    by_account = replace(FEED, visit_key=("account", "visit"))
    assert told(letter("A01", pv1(_50="ALT9"), pid=account), by_account).visit == "ACC7"
    assert told(letter("A01", pv1(_50="ALT9")), by_account).visit == "V1"
    assert told(letter("A01", pv1(_19="", _50="ALT9"), pid=account), replace(FEED, visit_key=("alternate",))).visit == "ALT9"
    assert told(letter("A01", pv1(), pid=account), replace(FEED, visit_key=("alternate",))).visit is None
    assert told(letter("A01", pv1(_19='""'))).visit is None


def test_an_authority_is_written_only_where_it_is_not_the_hospitals_own() -> None:
    own = replace(FEED, authorities=("HOSP",))
    assert told(letter("A01", pv1()), own).visit == "V1"
    foreign = told(letter("A01", pv1(_19="V1^^^OTHER^VN"), pid="PID|1||12345^^^OTHER^MR||Rao^Meera"), own)
    assert (foreign.visit, foreign.person.patient) == ("OTHER:V1", "OTHER/12345")


@pytest.mark.parametrize(
    ("pid", "mrn"),
    [
        ("PID|1|2|99^^^NHS^NH~12345^^^HOSP^MR||Rao^Meera", "12345"),
        ("PID|1|2|12345^^^HOSP^PI~99^^^NHS^NH||Rao^Meera", "12345"),
        ("PID|1|2|91-2345-6789-0123~meera@abdm~12345||Rao^Meera", "12345"),
        ("PID|1|2|91234567890123^^^ABDM^ABHA||Rao^Meera", "91234567890123"),
        ("PID|1|12345^^^HOSP|||Rao^Meera", "12345"),
        ("PID|1|||12345|Rao^Meera", "12345"),
    ],
)
def test_the_mrn(pid: str, mrn: str) -> None:
    assert reading(letter("A01", pv1(), pid=pid)).people[0].mrn == mrn


@pytest.mark.parametrize("pid", ["", "PID|1||||Rao^Meera", 'PID|1||""||Rao^Meera'])
def test_a_message_about_nobody_is_kept_without_a_name_in_the_reason(pid: str) -> None:
    with pytest.raises(Unreadable) as problem:
        reading(letter("A01", pv1(), pid=pid))
    assert problem.value.code == "no-patient"
    assert "Rao" not in str(problem.value)


def test_a_persons_details_are_apart_from_the_command() -> None:
    found = reading(letter("A01", pv1("4B^A^1")))
    (person,) = found.people
    assert (person.name, person.sex, person.birth_date) == ("Meera Rao", "F", date(1980, 2, 10))
    assert person.identifiers == (("ABHA", "91-2345-6789-0123"),)
    assert "Rao" not in repr(found) and "12345^" not in repr(found.commands)
    assert told(letter("A01", pv1())).person.age == 46


def test_person_updates_move_nobody() -> None:
    for trigger in ("A28", "A31"):
        found = reading(letter(trigger))
        assert (found.commands, len(found.people)) == ((), 1)


# --- the place: rules 1, 5 and 9 ---


@pytest.mark.parametrize(
    ("field", "place"),
    [
        ("4B^A^1", "4B^A^1"),
        ("4B^A^1^^^^^^", "4B^A^1"),
        ("4B&Ward&L^A^1&x^HOSP", "4B^A^1^HOSP"),
        ("^^^HOSP", "^^^HOSP"),
        ("ED^^^^", "ED"),
        ("^^^^", None),
        ("", None),
        ('""', ""),
    ],
)
def test_a_place(field: str, place: str | None) -> None:
    assert told(letter("A01", pv1(field))).fact.place == place


def test_other_delimiters_give_the_same_place() -> None:
    raw = "MSH$*~\\!$HIS$HOSP$$$20260301100005$$ADT*A01$77$P$2.5\rPID$1$$12345***HOSP*MR\rPV1$1$I$4B*A!x*1"
    assert told(Message.parse(raw.encode())).fact.place == "4B^A^1"


def test_only_a_named_bed_that_nobody_knows_is_worth_a_warning() -> None:
    lost = reading(letter("A01", pv1("9Z^Q^7")))
    assert (lost.warnings, lost.unknown_places) == (("unknown-place",), ("9Z^Q^7",))
    for known in ("4B^A^1", "ED", "^^^HOSP", "4B^A"):
        assert reading(letter("A01", pv1(known))).warnings == ()


def test_a_cancel_cannot_delete_a_place() -> None:
    assert told(letter("A12", pv1('""'))).fact.place is None


def test_pending_places() -> None:
    both = pv1("4B^A^1", _42="4B^B^2")
    assert told(letter("A05", both)).fact.place == "4B^B^2"
    assert told(letter("A14", pv1("4B^A^1"))).fact.place == "4B^A^1"
    assert told(letter("A15", both)).fact.place == "4B^B^2"
    assert told(letter("A15", pv1("4B^A^1"))).fact.place is None  # PV1-3 is where the patient still lies
    assert told(letter("A26", pv1("4B^A^1"), "PV2|4B^B^2")).fact.place == "4B^B^2"


def test_expected_times() -> None:
    at = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    assert told(letter("A16", pv1(), "PV2|||||||||20260301150000")).fact.expected == at
    assert told(letter("A16", pv1(), evn="20260301100000|20260301150000")).fact.expected == at
    assert told(letter("A05", pv1(), "PV2||||||||20260301150000")).fact.expected == at
    assert told(letter("A16", pv1())).fact.expected is None


def test_the_end_of_a_stay_is_pv1_45_unless_it_is_only_a_day() -> None:
    assert told(letter("A03", pv1(_45="20260301093000"))).fact.ended_at == datetime(2026, 3, 1, 4, tzinfo=UTC)
    assert told(letter("A03", pv1(_45="20260301"))).fact.ended_at is None


@pytest.mark.parametrize(
    ("said", "klass"),
    [("I", "I"), ("INPATIENT", "I"), ("Day Case", "I"), ("EMERGENCY", "E"), ("N", None), ("", None), ("X", "P"), ("Q", "Q")],
)
def test_the_class(said: str, klass: str | None) -> None:
    assert told(letter("A01", pv1(_2=said)), replace(FEED, classes={"x": "P"})).fact.klass == klass


def test_a08_does_what_the_feed_is_trusted_with() -> None:
    message = letter("A08", pv1("4B^A^1"))
    heard = {policy: told(message, replace(FEED, a08=policy)).fact for policy in ("ignore", "fill", "transfer", "admit")}
    assert {policy: (fact.act, fact.place) for policy, fact in heard.items()} == {
        "ignore": (Act.AMEND, None),
        "fill": (Act.AMEND, "4B^A^1"),
        "transfer": (Act.AMEND_TRANSFER, "4B^A^1"),
        "admit": (Act.AMEND_ADMIT, "4B^A^1"),
    }


# --- two patients, no patient ---


def test_a_swap_is_one_chart_of_two() -> None:
    other = ("PID|2||67890^^^HOSP^MR||Das^Uma||19700101|F", pv1("4B^A^1", _19="V2"))
    (command,) = reading(letter("A17", pv1("4B^A^2"), *other)).commands
    assert isinstance(command, Chart)
    assert [(one.visit, one.fact.act, one.fact.place) for one in command.told] == [("V1", Act.SWAP, "4B^A^2"), ("V2", Act.SWAP, "4B^A^1")]


def test_half_a_swap_is_kept() -> None:
    with pytest.raises(Unreadable) as problem:
        reading(letter("A17", pv1("4B^A^2"), "PID|2||67890^^^HOSP^MR"))
    assert problem.value.code == "swap-incomplete"


def test_a_new_visit_number_ends_the_old_one_in_the_same_step() -> None:
    (command,) = charts(reading(letter("A06", pv1("4B^A^2"), "MRG|12345||||OLD1")))
    assert [(one.visit, one.fact.act) for one in command.told] == [("V1", Act.TO_INPATIENT), ("OLD1", Act.DISCHARGE)]
    (same,) = charts(reading(letter("A06", pv1("4B^A^2"), "MRG|999||V1")))
    assert len(same.told) == 1


def test_merges() -> None:
    more = ("MRG|111^^^HOSP^MR", "PID|2||67890^^^HOSP^MR", "MRG|222^^^HOSP^MR")
    assert reading(letter("A40", "", *more)).commands == (
        MergePatients(PatientId("/111"), PatientId("/12345")),
        MergePatients(PatientId("/222"), PatientId("/67890")),
    )
    with pytest.raises(Unreadable) as problem:
        reading(letter("A40"))
    assert problem.value.code == "no-prior"


def test_a_bed_report_by_the_feeds_own_codes() -> None:
    message = letter("A20", "NPU|4B^A^1|dirty", pid="")
    (report,) = reading(message, replace(FEED, statuses={"DIRTY": "H"})).commands
    assert report == ReportBed("4B^A^1", "H", datetime(2026, 3, 1, 4, 30, tzinfo=UTC), feed="his")
    with pytest.raises(Unreadable) as problem:
        reading(letter("A20", pid=""))
    assert problem.value.code == "no-bed"


# --- whatever stands in the fields ---
