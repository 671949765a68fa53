"""What a display says of its age, drawn again: the words and limits of its script."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from flow.domain.showing import DEAD, LATE, SAYS, How, Showing, Stretch
from flow.templating import CHECKOUT, Templates
from flow.views.bed_tile import Audience
from flow.views.display_past import FileThen, Fits, facts_of, file_words, picture
from flow.views.kiosk import Kiosk, Past, said_of_age
from flow.views.ward_plan import ward_plan
from flow.views.ward_wall import WardWall
from flow.views.words import Words
from tests.unit.test_views import NOW, SIZES, ZONE, ward_of

AT = datetime(2026, 11, 22, 8, 35, tzinfo=UTC)
TOLD = Stretch("ward:4B", "public", AT, AT + timedelta(minutes=5), 812, 1840, AT, AT + timedelta(minutes=5), True)


def test_the_script_has_the_same_limits() -> None:
    script = (CHECKOUT / "static/js/display.js").read_text()
    found = {name: int(value) for name, value in re.findall(r"\b(LATE|DEAD|SAYS) = (\d+)", script)}
    assert found == {"LATE": LATE, "DEAD": DEAD, "SAYS": SAYS.total_seconds() * 1000}


@pytest.mark.parametrize(
    ("old", "state", "label", "banner"),
    [
        (10, "live", "Live · 10 s", ""),
        (11, "late", "11 s old", ""),
        (30, "late", "30 s old", ""),
        (31, "dead", "Not live", "NOT LIVE · last update 14:04 · 31 s ago"),
        (3700, "dead", "Not live", "NOT LIVE · last update 13:03 · 1 h 1 min ago"),
    ],
)
def test_a_picture_is_called_what_its_age_allows(old: int, state: str, label: str, banner: str) -> None:
    said = said_of_age(AT, AT - timedelta(seconds=old), "Asia/Kolkata", Words())
    assert (said[0], said[2], said[3]) == (state, label, banner)


def wall(kiosk: Kiosk) -> str:
    plan = ward_plan(ward_of(SIZES[24]), {}, Audience.PUBLIC, NOW, ZONE)
    return Templates().render("wall/page.html", WardWall.of(plan, Audience.PUBLIC, NOW, kiosk=kiosk))


def test_a_wall_of_the_past_has_no_script_and_says_so() -> None:
    banner = "NOT LIVE · last update 14:04 · 31 s ago"
    html = wall(Kiosk(past=Past("dead", "i-nosignal", "Not live", banner, "Lift 4", ("Seq 812.",), "/e", "", "/b")))
    assert "<script" not in html and banner in html and 'class="wall stale"' in html
    assert "+1 min" not in html, "what has not come is not offered"
    now = wall(Kiosk("token"))
    assert now.count("<script") == 5 and 'data-csrf="token"' in now and 'class="wall"' in now and 'class="past"' not in now


def test_the_list_says_what_is_known_of_a_display() -> None:
    soon = TOLD.until_at + timedelta(seconds=20)
    assert picture(None, soon, "UTC") == "has said nothing yet"
    assert picture(TOLD, soon, "UTC") == "Seq 1,840, live"
    assert picture(TOLD, soon + timedelta(minutes=1), "UTC") == "Seq 1,840, silent since 22 Nov 08:40:00"


def test_each_way_of_knowing_has_its_sentence() -> None:
    told = {how: " ".join(facts_of(Showing(how, linked=how is How.SENT, stretch=TOLD), 1840, "UTC", FileThen(Fits.UNKNOWN))) for how in How}
    assert "said so itself" in told[How.SAID] and "Seq 1,840" in told[How.SAID]
    assert "connected and never said" in told[How.SENT]
    assert "not connected" in told[How.OLD] and "22 Nov 08:40:00" in told[How.OLD]


def test_by_which_hospital_file_it_is_drawn_is_said() -> None:
    since, until = AT - timedelta(days=2), AT - timedelta(days=1)
    old, today = FileThen(Fits.IN_FORCE, since, until), FileThen(Fits.SAID, since)
    assert "from 20 Nov 08:35:00 to 21 Nov 08:35:00, not today's" in file_words(old, "UTC")
    assert "the screen said it had loaded" in file_words(today, "UTC") and "since 20 Nov 08:35:00, today's" in file_words(today, "UTC")
    assert "oldest known, of 20 Nov 08:35:00; they may differ" in file_words(FileThen(Fits.OLDEST, since, until), "UTC")
    assert "cannot read" in file_words(FileThen(Fits.UNREADABLE, since), "UTC")
