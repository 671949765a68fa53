"""What a patient's own page says: rounded outward, in every language, and as much as a number may know."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flow.domain.opd import TokenStatus
from flow.domain.opd_expect import Expected
from flow.domain.opd_telling import OpdTelling
from flow.errors import Misconfigured
from flow.locale import languages, words
from flow.plan_file.read import load_plan, parse_plan
from flow.templating import CHECKOUT, Templates
from flow.views.opd_own import AT_HOME, SAID, OwnPage, outlook, own_page
from flow.views.opd_slip import PASS, SCAN, slip_page
from tests.hospital_file import hospital_file
from tests.unit.test_templates import CLINIC
from tests.unit.test_views import CHROME, TOKENS, ZONE

AT = datetime(2026, 11, 21, 8, 32, tzinfo=UTC)
FILE = hospital_file({"4B": {"A": 2}})


def page(status: TokenStatus = TokenStatus.WAITING, lang: str = "en", age: int = 0, dead: float = 30, **fields: object) -> OwnPage:
    token = replace(TOKENS[0], status=status, **fields)  # type: ignore[arg-type]
    others = [each for each in TOKENS if each.id != token.id]
    seen = {"as_of": AT - timedelta(seconds=age), "zone": ZONE, "usual": 8, "words": words(lang), "languages": languages(), "dead": dead}
    return own_page(token, CLINIC, [token, *others], {}, AT, hospital="City", here="/t/x", **seen)  # type: ignore[arg-type]


def test_times_are_rounded_outward() -> None:
    said = outlook(Expected(3, 7.2, 13.4, 21.1), AT, ZONE)
    assert (said.place, said.earliest, said.about, said.latest) == (3, "14:05", "14:15", "14:25")
    assert outlook(Expected(3), AT, ZONE).about == "" and outlook(None, AT, ZONE).place == 0


@pytest.mark.parametrize("status", list(TokenStatus))
def test_every_status_says_what_to_do(status: TokenStatus) -> None:
    shown = Templates().render("opd/own.html", page(status, room="1"))
    assert SAID[status][0] in shown and f'data-status="{status}"' in shown
    assert ("before you" in shown or "You are next" in shown) == (status is TokenStatus.WAITING)
    assert ("Room 1</span>" in shown) == (status in (TokenStatus.CALLED, TokenStatus.IN_ROOM, TokenStatus.WAITING))


def test_an_old_picture_is_not_told_as_news() -> None:
    fresh, old = (Templates().render("opd/own.html", page(age=age)) for age in (20, 240))
    assert "As of 14:01" in fresh and 'data-stale="0"' in fresh and "desk own lost" not in fresh
    assert not page(age=1700, dead=1800.0).stale, "a demo's clock runs fast"
    assert "As of" not in old and "Not up to date. This was so at 13:58." in old and "desk own lost" in old and 'data-stale="1"' in old


def test_who_waits_at_home_is_sent_nowhere() -> None:
    at_home = page(TokenStatus.CALLED, tele=True, room="1")
    assert (at_home.head, at_home.room) == ("The doctor calls you now", "")
    assert "near" not in page(tele=True).advice


def test_a_slip_given_before_its_day_says_the_day() -> None:
    token = replace(TOKENS[0], due_at=AT + timedelta(days=2), issued_at=AT)
    given = {"zone": ZONE, "mm": 80, "address": "a", "code": "", "spoken": (), "outlook": outlook(None, AT, ZONE)}
    assert slip_page(CHROME, CLINIC, token, **given).due == "23 Nov 14:02"  # type: ignore[arg-type]
    assert slip_page(CHROME, CLINIC, replace(token, due_at=AT), **given).due == "14:02"  # type: ignore[arg-type]


def test_who_was_called_in_vain_is_told() -> None:
    assert page(passed=1).again and not page().again
    assert "will be called again" in Templates().render("opd/own.html", page(passed=1))


@pytest.mark.parametrize("lang", ["hi", "ta"])
def test_nothing_is_left_in_english(lang: str) -> None:
    text = "".join((CHECKOUT / "templates/opd" / name).read_text() for name in ("own.html", "own_gone.html"))
    phrases = {*re.findall(r'say\("([^"]+)"', text), *re.findall(r"say\('([^']+)'", text)}
    assert len(phrases) > 15
    phrases |= {part for pair in (*SAID.values(), *AT_HOME.values()) for part in pair if part} | {PASS, SCAN}
    assert [phrase for phrase in sorted(phrases) if phrase not in words(lang).table] == []


def test_the_file_says_what_is_told() -> None:
    table = '[opd_telling]\nlanguages = ["ta", "en"]\nslip_mm = 58\nnear = 0\n[opd_telling.clinics]\nENT = ["hi"]\n'
    plan = parse_plan(f"{FILE}\n{table}", "x")
    assert plan.opd_telling == OpdTelling(("ta", "en"), {CLINIC.id: ("hi",)}, 58, 8, 0)
    assert plan.opd_telling.of(CLINIC.id) == ("hi",)
    assert parse_plan(FILE, "x").opd_telling == OpdTelling()
    assert load_plan(Path("flow/sample/city_general.toml").resolve()).opd_telling.languages == ("en", "hi", "ta")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('languages = ["fr"]', "no words in 'fr'"),
        ('languages = ["hi", "hi"]', "twice"),
        ("languages = []", "languages"),
        ("slip_mm = 70", "slip_mm"),
        ('[opd_telling.clinics]\nSKIN = ["en"]', "no clinic 'SKIN'"),
    ],
)
def test_what_makes_no_sense_is_said(table: str, said: str) -> None:
    with pytest.raises(Misconfigured, match=said):
        parse_plan(f"{FILE}\n[opd_telling]\n{table}\n", "x")


def test_an_hour_is_no_minute() -> None:
    assert outlook(Expected(1, 0.0, 60.0, 90.0), AT + timedelta(minutes=1), ZONE).about == "15:05"
