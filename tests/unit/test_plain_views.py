"""First page, sign-in, pairing, administration, errors: each says what it must, and nothing of anybody else's."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from flow.backup.look import Followed, State
from flow.templating import CHECKOUT, Templates
from flow.views.admin import admin_page
from flow.views.backup import backup_panel
from flow.views.error_page import error_page
from flow.views.landing import LoginPage, landing_page
from flow.views.page import Chrome, NavLink
from flow.views.pairing import PairShow, pair_enter
from flow.views.words import Tongue
from flow.web.pages.page import BY_RIGHT
from tests.plans import small_plan

AT = datetime(2026, 11, 21, 8, 32, tzinfo=UTC)
PLAN = small_plan()
NOBODY = Chrome("Bedflow", "Test Hospital")
SOMEBODY = Chrome("Bedflow", "Test Hospital", "Root", "admin", "csrf", (NavLink("/admin", "Administration", here=True),))
TEMPLATES = Templates()


@dataclass(frozen=True)
class Device:
    id: str = "d1"
    kind: str = "display"
    name: str = "Screen by the <lifts>"
    audience: str = "public"
    ward: str | None = "4B"
    clinics: tuple[str, ...] = ()
    paired_by: str = "root"
    paired_at: datetime = AT
    seen_at: datetime | None = AT
    revoked_at: datetime | None = None
    locked_out: bool = False
    shows: str = ""
    lang: str = ""
    light: bool = False


@dataclass(frozen=True)
class User:
    id: str = "asha"
    name: str = "Asha"
    role: str = "admissions"
    ward: str | None = None
    disabled: bool = False
    provider: bool = False
    given: bool = False


def landing() -> str:
    pages = [("/admissions", "Admissions"), ("/wards/4B", "Wards"), ("/admin", "Administration")]
    return TEMPLATES.render("landing/page.html", landing_page(SOMEBODY, pages, wards=PLAN.wards, clinics=PLAN.clinics))


def login(*, demo: bool = False) -> str:
    return TEMPLATES.render(
        "login/page.html", LoginPage(NOBODY, "/manager", "as<ha", "The name or the password is wrong.", "http://localhost", demo)
    )


def show(code: str = "123456") -> str:
    return TEMPLATES.render("pair/show.html", PairShow(NOBODY, "phone", code, 600, "/pair/status", "localhost:8000/admin/devices/new"))


def enter() -> str:
    return TEMPLATES.render(
        "pair/enter.html",
        pair_enter(SOMEBODY, PLAN, (Tongue("en", "E", "English"),), wards=["ICU"], code="123456", refused="No screen shows this code."),
    )


def admin(**rights: bool) -> str:
    view = admin_page(
        SOMEBODY,
        PLAN,
        AT,
        devices=[Device(), Device("d2", revoked_at=AT)],
        users=[User(), User("old", disabled=True)],
        **rights,
    )
    return TEMPLATES.render("admin/page.html", view)


def error() -> str:
    return TEMPLATES.render("error/page.html", error_page(NOBODY, 404, "There is no ward <9Z>.", "/wards/9Z"))


PAGES = {"landing": landing, "login": login, "show": show, "enter": enter, "admin": admin, "error": error}


@pytest.mark.parametrize("name", PAGES)
def test_pages_obey_the_content_security_policy(name: str) -> None:
    html = PAGES[name]()
    assert html.startswith("<!doctype html>")
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:|<lifts>|<9Z>|as<ha|M<1>", html)


@pytest.mark.parametrize("name", PAGES)
def test_forms_carry_the_token(name: str) -> None:
    for form in re.findall(r'<form[^>]*method="post".*?</form>', PAGES[name](), re.DOTALL):
        assert 'name="csrf"' in form


def test_tiles_lead_to_the_pages_one_may_open() -> None:
    html = landing()
    assert re.findall(r'class="tile[^"]*" href="([^"]+)"', html) == ["/admissions", "/wards/4B", "/admin"]
    assert "0 free of 7" in html


def test_every_tile_has_a_picture_that_is_drawn_and_says_what_it_is_for() -> None:
    page = landing_page(SOMEBODY, [(href, words) for _, href, words in BY_RIGHT], wards=PLAN.wards)
    drawn = set(re.findall(r'id="(i-[a-z]+)"', (CHECKOUT / "templates" / "_icons.svg").read_text(encoding="utf-8")))
    assert [tile.href for tile in page.tiles if tile.icon not in drawn or not tile.about] == []


def test_a_demo_says_that_it_asks_for_no_second_factor() -> None:
    assert "no second factor is asked for" in login(demo=True)
    assert "demo" not in login()
    assert 'value="/manager"' in login()


def test_a_password_is_typed_unseen_and_may_be_pasted() -> None:
    texts = [path.read_text("utf-8") for path in (CHECKOUT / "templates").rglob("*.html")]
    fields = [field for text in texts for field in re.findall(r'<input[^>]*name="(?:\w*password|old|new|again)"[^>]*>', text)]
    fields = [field for field in fields if 'inputmode="numeric"' not in field and 'type="hidden"' not in field]
    assert len(fields) >= 6
    assert [field for field in fields if 'type="password"' not in field or 'autocomplete="' not in field or "maxlength" in field] == []
    scripts = [path for path in (CHECKOUT / "static" / "js").rglob("*.js") if "vendor" not in path.parts]
    assert [path.name for path in scripts if re.search(r"\bpaste\b", path.read_text("utf-8"))] == []


def test_whoever_is_signed_in_sees_the_way_out() -> None:
    assert re.search(r'action="/sign-out".*?<button', landing(), re.DOTALL)
    assert "/sign-out" not in login()


def test_the_code_is_read_out_in_threes() -> None:
    assert "123 456" in show()
    assert "run out" in show("")


def test_one_lets_devices_into_ones_own_wards() -> None:
    html = enter()
    assert '<option value="ICU">' in html
    assert '<option value="4B">' not in html
    assert "No screen shows this code." in html


def test_only_open_doors_are_closed() -> None:
    html = admin()
    assert 'href="/integration"' in html
    assert 'href="/integration"' not in admin(sees_letters=False)
    assert html.count("/admin/devices/d1/revoke") == 1
    assert "/admin/devices/d2/revoke" not in html
    assert "/admin/users/old/disable" not in html


def test_a_reader_gets_no_buttons() -> None:
    html = admin(may_pair=False, may_write=False)
    assert "<form" not in html.partition("<main")[2]


@pytest.mark.parametrize(
    ("device", "state"),
    [
        (Device(), "live"),
        (Device(seen_at=None), "silent"),
        (Device(seen_at=AT - timedelta(minutes=5)), "silent"),
        (Device(locked_out=True), "locked"),
        (Device(revoked_at=AT, locked_out=True), "revoked"),
    ],
)
def test_a_device_says_how_it_is(device: Device, state: str) -> None:
    assert admin_page(SOMEBODY, PLAN, AT, devices=[device]).devices[0].state == state


def test_how_the_backup_stands_is_on_the_administrators_page() -> None:
    none = TEMPLATES.render("admin/page.html", admin_page(SOMEBODY, PLAN, AT, backup=backup_panel(None, PLAN.zone)))
    assert "No backup is configured" in none
    assert 'data-state="silent">look at it' in none
    followed = Followed(together=True, received="0/3000148", behind=0, heard_at=AT)
    well = TEMPLATES.render("admin/page.html", admin_page(SOMEBODY, PLAN, AT, backup=backup_panel(State((), (), AT, followed), PLAN.zone)))
    for words in ("Backup · ", 'data-state="live">well', "0/3000148", "0 bytes", "21 Nov 14:02"):
        assert words in well, words
    alone = State((), ("Commits do not wait <for it>.",), AT)
    assert "Commits do not wait &lt;for it&gt;." in TEMPLATES.render(
        "admin/page.html", admin_page(SOMEBODY, PLAN, AT, backup=backup_panel(alone, PLAN.zone))
    )


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 418, 429, 500, 502, 503])
def test_every_error_says_what_where_and_what_to_do(status: int) -> None:
    view = error_page(NOBODY, status, "Why.", "/somewhere")
    assert view.what
    assert view.next
    html = TEMPLATES.render("error/page.html", view)
    assert "/somewhere" in html
    assert ("/login?next=" in html) == (status == 401)
