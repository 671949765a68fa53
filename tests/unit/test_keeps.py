"""How long is kept: times by the calendar, the least that is allowed, what the hospital goes on from."""

from datetime import UTC, date, datetime, timedelta

import pytest

from flow.domain.discharge import Discharge, Way
from flow.domain.events import Alias
from flow.domain.ids import ClinicId, PatientId, TokenId, VisitId
from flow.domain.opd import Token
from flow.domain.retention import Stood, needed
from flow.domain.visit import Course, Visit, VisitStatus
from flow.errors import Misconfigured
from flow.keeps import Span
from flow.settings import Settings

AT = datetime(2026, 3, 31, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "span", "before"),
    [
        ("13 months", Span(13), datetime(2025, 2, 28, 9, 30, tzinfo=UTC)),
        ("1 month", Span(1), datetime(2026, 2, 28, 9, 30, tzinfo=UTC)),
        ("5 years", Span(60), datetime(2021, 3, 31, 9, 30, tzinfo=UTC)),
        ("25 Years", Span(300), datetime(2001, 3, 31, 9, 30, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_written_and_counted_by_the_calendar(text: str, span: Span, before: datetime) -> None:
    assert Span.read(text) == span and str(span) == text.lower()
    assert span.before(AT) == before


@pytest.mark.parametrize("text", ["", "5", "years", "0 years", "-1 years", "5 weeks", "1e3 years", "200 years"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="13 months or 5 years"):
        Span.read(text)


@pytest.mark.parametrize("name", ["BEDFLOW_KEEP_HISTORY", "BEDFLOW_KEEP_AUDIT", "BEDFLOW_KEEP_OPENINGS", "BEDFLOW_KEEP_DOCTORS"])
def test_less_than_the_law_wants_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(Misconfigured, match=rf"{name}.*at least 1 year: India's DPDP Rules .*CERT-In"):
        Settings.from_environ({name: "11 months"})
    assert Settings.from_environ({name: "1 year"}).keeps != Settings.from_environ({}).keeps
    assert str(Settings.from_environ({"BEDFLOW_KEEP_LETTERS": "2 months"}).keeps.letters) == "2 months"


def test_openings_and_doctors_are_kept_as_long_as_the_trail_unless_somebody_says_otherwise() -> None:
    keeps = Settings.from_environ({}).keeps
    assert keeps.openings >= keeps.trail and keeps.doctors >= keeps.trail
    longer = Settings.from_environ({"BEDFLOW_KEEP_OPENINGS": "7 years", "BEDFLOW_KEEP_DOCTORS": "2 years"}).keeps.by_kind
    assert (longer["openings"], longer["doctors"], longer["traces"]) == (Span(84), Span(24), Span(60))


def _visit(number: str, patient: str, merged_into: str | None = None) -> Visit:
    into = VisitId(merged_into) if merged_into else None
    return Visit(VisitId(number), PatientId(patient), course=Course(VisitStatus.FINISHED), merged_into=into)


def test_what_the_hospital_goes_on_from() -> None:
    def closed(number: str, patient: str, into: str | None = None) -> Stood:
        return Stood(_visit(number, patient, into), False, PatientId(patient))

    day = date(2021, 3, 31)

    def token(number: str, on: date) -> Stood:
        return Stood(Token(TokenId(number), ClinicId("ENT"), on, number, 1, AT), True, PatientId("t"))

    discharge = Discharge(VisitId("old"), Way.CASH, AT, {}, ended_at=AT)
    stood = {
        ("visit", "gone"): closed("gone", "p1"),
        ("visit", "back"): closed("back", "p2"),
        ("visit", "old"): closed("old", "p3", "survivor"),
        ("visit", "survivor"): closed("survivor", "p4"),
        ("visit", "told"): closed("told", "p5"),
        ("discharge", "old"): Stood(discharge, False, None),
        ("discharge", "gone"): Stood(discharge, False, None),
        ("alias", "a"): Stood(Alias(PatientId("a"), PatientId("b")), True, None),
        ("token", "T1"): token("T1", day - timedelta(days=1)),
        ("token", "T2"): token("T2", day),
    }
    kept = needed(stood, {("visit", "told")}, {PatientId("p2"), PatientId("p3")}, day)
    assert stood.keys() - kept == {("visit", "gone"), ("discharge", "gone"), ("token", "T1")}
