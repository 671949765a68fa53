"""The porter's phone: own job first, then the most urgent; faces for each tap to come; nothing left untranslated."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from flow.domain.ids import TransportId, WardId
from flow.domain.transport import Transport, TransportStatus
from flow.domain.transport_commands import Ride
from flow.locale import DEFAULT, languages, words
from flow.templating import CHECKOUT, Templates
from flow.views.page import Chrome
from flow.views.phone import Who
from flow.views.porter import PorterPage, porter_page
from flow.views.transport_rows import transport_rows
from flow.web.pages.porter import KIND
from tests.plans import small_plan

PLAN = small_plan()
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CHROME = Chrome("Transport", "Test", "P", "porter", "token")
S = TransportStatus


def job(number: str, minutes: int = 5, **said: object) -> Transport:
    asked = Transport(TransportId(number), WardId("4B"), "4B A1", "ICU", NOW - timedelta(minutes=minutes))
    return replace(asked, **said)  # type: ignore[arg-type]


def page(*jobs: Transport, porter: str = "p1", lang: str = "en") -> PorterPage:
    return porter_page(CHROME, PLAN, jobs, Who(porter, nick="Suresh"), NOW, words(lang), languages=languages())


def test_own_job_first_then_the_most_urgent_then_the_longest_wait() -> None:
    mine = job("T-mine", 1, status=S.ACCEPTED, porter="p1")
    taken = job("T-taken", 50, status=S.PICKED_UP, porter="p2")
    shown = page(job("T-old", 40), job("T-now", 2, priority=1), mine, taken, job("T-done", status=S.DELIVERED, delivered_at=NOW))
    assert shown.job is not None
    assert (shown.job.id, [each.id for each in shown.queue], shown.others) == ("T-mine", ["T-now", "T-old"], 1)


def test_the_phone_rings_for_what_is_urgent_until_somebody_has_taken_it() -> None:
    shown = Templates().render("porter/page.html", page(job("T-1", 3), job("T-2", 2, priority=1), job("T-3", 1, priority=1)))
    assert shown.count('data-stat="T-') == 2, "the card and the queue; no face of what is still to come"
    assert 'data-stat="T-2" data-label="4B A1"' in shown
    taken = Templates().render("porter/page.html", page(job("T-2", 2, priority=1, status=S.ACCEPTED, porter="p1")))
    assert 'data-stat="T-' not in taken and "End the shift" in taken and "Suresh" in taken


def test_the_faces_are_those_after_each_tap_to_come() -> None:
    first = page(job("T-1"))
    assert first.job is not None
    assert (first.job.tap, [face.tap for face in first.faces]) == (Ride.ACCEPT, [Ride.PICK_UP, Ride.DELIVER])
    more = page(job("T-1", 9, status=S.ACCEPTED, porter="p1"), job("T-2", 8), *(job(f"T-{n}", 1) for n in (3, 4)))
    assert [(face.id, face.tap) for face in more.faces] == [
        ("T-1", Ride.DELIVER),
        *(("T-2", tap) for tap in (Ride.ACCEPT, Ride.PICK_UP, Ride.DELIVER)),
        *(("T-3", tap) for tap in (Ride.ACCEPT, Ride.PICK_UP, Ride.DELIVER)),
    ]
    assert more.beyond and not page(job("T-1"), job("T-2"), job("T-3")).beyond
    end = Templates().render("porter/_board.html", more).partition('data-face="end"')[2].partition("</template>")[0]
    assert "Next jobs" in end and "No transport" not in end, "there are more than the phone knows"
    on_the_way = page(job("T-1", status=S.PICKED_UP, porter="p1"))
    assert on_the_way.faces == () and not on_the_way.job.may_give_back  # type: ignore[union-attr]


def test_places_have_their_floor_and_the_exit_its_word() -> None:
    shown = page(job("T-1")).job
    assert shown is not None
    assert (shown.floor_from, shown.floor_to) == ("Floor 4", "Floor 2")
    assert page(job("T-1", to="Exit", leaving=True), lang="hi").job.to == "बाहर का द्वार"  # type: ignore[union-attr]
    assert page(job("T-1", to="Main gate", leaving=True), lang="hi").job.to == "Main gate"  # type: ignore[union-attr]


def test_a_row_is_late_past_the_aim_for_what_comes_next() -> None:
    rows = transport_rows([job("T-1", 9), job("T-2", 11), job("T-3", 15, status=S.ACCEPTED)], PLAN.transport, NOW, may_cancel=True)
    assert {row.id: row.late for row in rows} == {"T-1": False, "T-2": True, "T-3": False}


@pytest.mark.parametrize("lang", languages())
def test_every_face_is_drawn_in_every_language(lang: str) -> None:
    for status in (S.REQUESTED, S.ACCEPTED, S.PICKED_UP):
        porter = None if status is S.REQUESTED else "p1"
        drawn = Templates().render(
            "porter/page.html", page(job("T-1", status=status, porter=porter, oxygen=True), job("T-2", 70), lang=lang)
        )
        assert f'lang="{lang}"' in drawn and drawn.count("big") >= 1
    assert words(lang).say("No transport") in Templates().render("porter/_board.html", page(lang=lang))


def test_a_face_has_no_id_that_the_morph_would_look_for_in_the_page() -> None:
    """htmx moves the live element of that id into the face, and fails at the next list that is another: the phone stands still."""
    drawn = Templates().render("porter/_board.html", page(job("T-1", priority=1), job("T-2", 70), job("T-3", 20)))
    faces = re.findall(r"<template.*?</template>", drawn, re.DOTALL)
    assert len(faces) > 3 and not [face for face in faces if re.search(r'\sid="', face)]
    assert 'aria-label="4B A1 to ICU"' in drawn, "the card has its name without one"


@pytest.mark.parametrize(("lang", "font"), [("ta", "noto-sans-tamil"), ("hi", "noto-sans-devanagari"), ("en", "")])
def test_the_letters_of_the_language_are_asked_for_at_once(lang: str, font: str) -> None:
    head = Templates().render("porter/page.html", page(lang=lang)).partition("</head>")[0]
    (asked,) = re.findall(r'rel="preload" href="/static/fonts/(noto[^"]*)\.woff2"', head) or [""]
    assert "housekeeping/_font.html" in (CHECKOUT / "templates/housekeeping/page.html").read_text(), "and so by the cleaner's page"
    assert asked == font and (not font or (CHECKOUT / f"static/fonts/{font}.woff2").exists())


def phrases() -> set[str]:
    """Every phrase that the porter's templates and views say."""
    sources = [*(CHECKOUT / "templates" / "porter").glob("*"), CHECKOUT / "flow/views/porter.py"]
    said = {text for path in sources for text in re.findall(r'say\(\s*["\']([^"\']+)["\']', path.read_text("utf-8"))}
    views = (CHECKOUT / "flow/views/porter.py").read_text("utf-8") + (CHECKOUT / "flow/views/transport_rows.py").read_text("utf-8")
    return said | set(re.findall(r'\("([A-Z][a-z ]+)", "i-', views)) | {words for _, words, _ in _big()} | set(KIND.values())


def _big() -> list[tuple[str, str, str]]:
    return [("", found, "") for found in ("I take it", "Picked up", "Delivered", "Given back")]


@pytest.mark.parametrize("lang", [lang for lang in languages() if lang != DEFAULT])
def test_no_phrase_of_the_porter_is_missing(lang: str) -> None:
    assert len(phrases()) > 25
    assert phrases() - set(words(lang).table) == set()
