"""The pages render from their views alone, obey the content security policy, and stay small enough for a hospital's wires."""

import gzip
import re
from pathlib import Path

import jinja2
import pytest

from flow.domain.ids import ClinicId, VisitId, WardId
from flow.templating import CHECKOUT, Templates
from flow.views.bed_tile import ICONS, WORDS, Audience, TileState
from flow.views.opd_page import opd_page
from flow.views.opd_wall import opd_wall
from flow.views.page import Chrome, NavLink, Refusal, Undo
from flow.views.ward_page import ward_page
from flow.views.ward_places import Occupant
from flow.views.ward_plan import ward_plan
from flow.views.ward_wall import WardWall
from flow.web.static import plain
from tests.plans import small_plan
from tests.unit.test_views import BROKEN, COMING, DIRTY, FREE, LEAVING, NOW, OCCUPIED, TOKENS, ZONE, replace

TEMPLATES = Templates()
FOLDER = CHECKOUT / "templates"
PLAN = small_plan()
WARD = PLAN.ward[WardId("4B")]
CLINIC = PLAN.clinic[ClinicId("ENT")]
BEDS = {b.id: replace(s, id=b.id) for b, s in zip(WARD.beds, (FREE, COMING, DIRTY, OCCUPIED, LEAVING, BROKEN, FREE), strict=True)}
CHROME = Chrome(
    "Ward 4B",
    "Test Hospital",
    "Asha",
    "nurse",
    "token<&>",
    (NavLink("/wards/4B", "Ward", here=True),),
    "ward:4B",
    undo=Undo("A1 cleaning", "/undo/7", 10),
)


def wall(audience: Audience = Audience.PUBLIC) -> str:
    plan = ward_plan(WARD, BEDS, audience, NOW, ZONE)
    return TEMPLATES.render("wall/page.html", WardWall.of(plan, audience, NOW))


def ward(*, writes: bool = True) -> str:
    occupants = {VisitId("V-77"): Occupant("Meera <b>Iyer</b>", "4021")}
    return TEMPLATES.render(
        "ward/page.html", ward_page(CHROME, WARD, BEDS, NOW, ZONE, occupants=occupants, may_move=lambda was, to: writes, admits=writes)
    )


def clinic() -> str:
    return TEMPLATES.render("opd/page.html", opd_page(CHROME, CLINIC, TOKENS, {}, NOW, ZONE, writes=True))


def television() -> str:
    return TEMPLATES.render("opd/screen.html", opd_wall([CLINIC], TOKENS, {}, NOW, ZONE))


PAGES = pytest.mark.parametrize("page", [wall, ward, clinic, television])


@PAGES
def test_pages_render_and_carry_no_inline_code(page: object) -> None:
    html = page()  # type: ignore[operator]
    assert html.startswith("<!doctype html>") and "</html>" in html
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", html)


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.*")), ids=lambda path: str(path.relative_to(FOLDER)))
def test_templates_obey_the_content_security_policy(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son(click|load|submit|change|input)=|https?://(?!www\.w3\.org)", text)


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.html")), ids=lambda path: str(path.relative_to(FOLDER)))
def test_templates_are_well_formed(path: Path) -> None:
    assert jinja2.Environment(autoescape=True).parse(path.read_text()).body


def test_an_undefined_name_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError):
        TEMPLATES.render("_refusal.html", CHROME)


def test_what_people_type_is_escaped() -> None:
    assert "Meera &lt;b&gt;Iyer" in ward() and "<b>Iyer" not in ward()
    assert "<script>" not in TEMPLATES.render("_refusal.html", Refusal("<script>"))


def test_a_word_that_is_said_through_gettext_is_escaped_like_any_other(tmp_path: Path) -> None:
    """It may come out of a view, from what somebody typed; and a % in it is a %."""
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "said.html").write_text("""<p title="{{ _(view) }}">{{ _(view) }}</p>{{ _("%(count)s <more>", count=view) }}""")
    said = Templates(tmp_path).render("said.html", "<b onclick='x()'>5 %(of)s %\"")
    assert "<b" not in said and "<more" not in said and said.count('"') == 2
    assert said.count("5 %(of)s %&#34;") == 3


def test_a_public_wall_holds_nothing_of_a_patient() -> None:
    html = wall()
    for secret in ("V-77", "Rao", "infection", "request:R1", "The feed says", "asha"):
        assert secret not in html
    assert not re.search(r'class="mark isolation"[^>]*visibility="visible"', html)
    assert re.search(r'class="mark isolation"[^>]*visibility="visible"', wall(Audience.WARD))


def test_a_reader_without_the_right_gets_no_buttons() -> None:
    board = ward(writes=False).split('id="board"')[1].split('id="undo"')[0]
    assert "<form" not in board and "<form" in ward()


def test_every_form_carries_the_csrf_token() -> None:
    for form in re.findall(r"<form.*?</form>", ward() + clinic(), re.DOTALL):
        assert 'name="csrf" value="token&lt;&amp;&gt;"' in form


def test_every_icon_asked_for_is_drawn() -> None:
    drawn = {icon for path in FOLDER.rglob("_icons.svg") for icon in re.findall(r'id="(i-[a-z-]+)"', path.read_text())}
    asked = {*ICONS.values()}
    for path in (*FOLDER.rglob("*.html"), *FOLDER.rglob("*.svg"), *(CHECKOUT / "static/js").glob("*.js")):
        asked |= set(re.findall(r'["#](i-[a-z-]+)"', path.read_text()))
    assert asked <= drawn


def test_the_script_knows_the_same_states() -> None:
    script = (CHECKOUT / "static/js/wall.js").read_text()
    for state in TileState:
        assert f'{state}: "{ICONS[state]}"' in script
        assert f'{state}: "{WORDS[state]}"' in script


def test_the_television_has_letters_for_its_words() -> None:
    words = (CHECKOUT / "static/README.md").read_text()
    assert {letter for letter in television() if "\u0900" <= letter <= "\u0bff"} <= set(words)


def test_static_addresses_change_with_the_content() -> None:
    address = TEMPLATES.static("css/tokens.css")
    assert re.fullmatch(r"/static/css/tokens\.css\?v=[0-9a-f]{12}", address)
    with pytest.raises(FileNotFoundError):
        TEMPLATES.static("css/nothing.css")


def _transfer(html: str, fonts: list[str]) -> int:
    """Bytes on the wire: text gzipped, our own without comments, as it goes out; fonts as they are."""
    linked = [CHECKOUT / path for path in re.findall(r'(?:href|src)="/(static/(?!fonts)[^?"]+)', html)]
    text = [html.encode(), *(plain(path) for path in linked)]
    return sum(len(gzip.compress(part)) for part in text) + sum((CHECKOUT / "static/fonts" / font).stat().st_size for font in fonts)


def test_a_wall_fits_in_seventy_kilobytes() -> None:
    opd = ["inter.woff2", "noto-sans-devanagari-opd.woff2", "noto-sans-tamil-opd.woff2"]
    for language in ("devanagari", "tamil"):
        assert _transfer(wall(), ["inter.woff2", f"noto-sans-{language}-wall.woff2"]) <= 70_000
    assert _transfer(television(), opd) <= 70_000


def test_a_ward_page_fits_in_ninety_kilobytes() -> None:
    assert _transfer(ward(), ["inter.woff2"]) <= 90_000


def test_htmx_waits_for_its_stream() -> None:
    """Deferred, htmx now and then started before its extension was there, and the page stayed deaf."""
    assert not re.search(r"<script[^>]*vendor/[^>]*(defer|async)", ward())
