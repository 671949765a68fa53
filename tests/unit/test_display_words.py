"""What displays say by themselves: each language has all of it, and the fonts that a television is sent have its letters."""

import json
import re

import pytest

from flow.domain.ids import WardId
from flow.locale import DEFAULT, languages, words
from flow.templating import CHECKOUT, Templates
from flow.views.bed_tile import Audience
from flow.views.cleaning_wall import CleaningWall, CleanSumsTile
from flow.views.cleaning_wall import CleanRowsTile as Rows
from flow.views.house_words import HOUSE_SAYS
from flow.views.kiosk import SCRIPT, Kiosk
from flow.views.opd_spoken import CLINIC, GO, NEXT, SLIP
from flow.views.tile_line import WALL_SAYS
from flow.views.ward_plan import ward_plan
from flow.views.ward_wall import WardWall
from tests.plans import small_plan
from tests.unit.test_views import NOW, ZONE

FOLDERS = ("wall", "command_centre", "cleaning_wall")
PLAN = small_plan()
OTHERS = [lang for lang in languages() if lang != DEFAULT]
SCRIPTS = ("display", "wall", "opd", "opd-voice", "cleaning-wall", "command-centre")
README = (CHECKOUT / "static/README.md").read_text()


def phrases() -> set[str]:
    """The templates' own words, those of the states, of a television, and of the scripts."""
    paths = [path for folder in FOLDERS for path in (CHECKOUT / "templates" / folder).iterdir()] + [CHECKOUT / "templates/opd/screen.html"]
    shown = [path for path in paths if path.name not in ("_past.html", "page.html") or path.parent.name != "command_centre"]
    text = "".join(path.read_text() for path in shown if path.name != "_past.html")  # which administrators read
    found = {one or other for one, other in re.findall(r"""\b_\((?:"([^"]+)"|'([^']+)')\)""", text)}
    return found | set(SCRIPT) | set(WALL_SAYS) | set(HOUSE_SAYS) | {CLINIC, GO, NEXT, SLIP, "Floor {floor}", "Ward {ward}"}


@pytest.mark.parametrize("lang", OTHERS)
def test_no_language_has_a_gap(lang: str) -> None:
    assert len(phrases()) > 55
    assert sorted(phrase for phrase in phrases() if not words(lang).table.get(phrase)) == []


OF_A_TELEVISION = {
    *SCRIPT[:6],
    *(said for said in SCRIPT if "ound" in said),
    "Back {time}",
    "queue",
    "Floor {floor}",
    CLINIC,
    GO,
    NEXT,
    SLIP,
}


@pytest.mark.parametrize(("place", "lang"), [(0, "hi"), (1, "ta")])
def test_the_fonts_have_the_letters(place: int, lang: str) -> None:
    """They are subsets: of the letters in the lines of the README with which they were made, a television's and a wall's."""
    made = [line for line in README.splitlines() if line.startswith("> ")]
    for said, letters in ((OF_A_TELEVISION, made[place]), (phrases(), made[2 + place])):
        wanted = {letter for phrase in said for letter in words(lang).table[phrase] if 0x900 <= ord(letter) <= 0xBFF}
        assert sorted(wanted - set(letters)) == []


def test_a_script_asks_for_no_other_words() -> None:
    asked: set[str] = set()
    for name in SCRIPTS:
        asked |= set(re.findall(r"""\bsay\("([^"]+)\"""", (CHECKOUT / f"static/js/{name}.js").read_text()))
    assert len(asked) > 8
    assert asked <= set(SCRIPT) | set(WALL_SAYS)


def test_a_wall_speaks_its_language_from_title_to_script() -> None:
    kiosk = Kiosk(words=words("hi"), light=True)
    plan = ward_plan(PLAN.ward[WardId("ICU")], {}, Audience.PUBLIC, NOW, ZONE, words=kiosk.words)
    html = Templates().render("wall/page.html", WardWall.of(plan, Audience.PUBLIC, NOW, kiosk=kiosk))
    assert '<html lang="hi">' in html and "<title>वार्ड ICU · बिस्तर बोर्ड</title>" in html and "मंज़िल 2" in html
    assert "सफ़ाई चाहिए" in html and "Needs clean" not in re.sub(r' data-words="[^"]+"', "", html)
    (said,) = re.findall(r'data-words="([^"]+)"', html)
    assert json.loads(said.replace("&#34;", '"'))["Stale"] == "पुराना"
    assert "data-words" not in Templates().render("wall/page.html", WardWall.of(plan, Audience.PUBLIC, NOW))


def test_the_housekeeping_board_says_whats_done_in_it() -> None:
    tiles = (CleanSumsTile(dirty=0, begun=0, stat=0, looks=0, patients=0), Rows(rows=(), more=0))
    view = CleaningWall(PLAN, tiles, Audience.STAFF, NOW, nicks={}, kiosk=Kiosk(words=words("ta")))
    html = Templates().render("cleaning_wall/page.html", view)
    assert "<title>தூய்மைப் பணி" in html and "சுத்தம் செய்ய" in html and "No bed wants" not in html
