"""Every signed-in page drawn from its view: axe finds nothing in either scheme, 200 % zoom needs no sideways scrolling, and it is small."""

import gzip
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from flow.domain.check import Doubt
from flow.domain.ids import BedId, VisitId, WardId
from flow.locale import languages, words
from flow.templating import CHECKOUT, Templates
from flow.views.desk.page import DeskPage, desk_page
from flow.views.labels import label_sheet
from flow.views.phone import PinPage, language_switch
from flow.views.ward_checks import phone_checks, ward_checks
from flow.views.ward_page import ward_page
from flow.web.pages.labels import code_of
from flow.web.pages.phone_scan import ScanPage
from tests.acceptance.people import axe_in_both
from tests.acceptance.stage import staged
from tests.unit import test_check_views as checks
from tests.unit import test_desk_view as desk
from tests.unit import test_kpi_view as kpis
from tests.unit import test_ledger_view as ledger
from tests.unit import test_manager_view as manager
from tests.unit import test_phone_view as phone
from tests.unit import test_plain_views as plain
from tests.unit import test_templates as templates

pytestmark = pytest.mark.browser
TEMPLATES = Templates()


def admissions(view: DeskPage | None = None) -> str:
    return TEMPLATES.render("desk/page.html", view or desk.page())


def housekeeping(lang: str = "hi") -> str:
    states = [phone.dirty("4B-A-01", 12, kind=phone.CleanKind.ISOLATION), phone.dirty("4B-A-02", 5), phone.dirty("ICU-I-01", 3)]
    view = phone.page(states, [phone.asks("x", 190, priority=1), phone.asks("y", 20, "icu")], lang)
    return TEMPLATES.render("housekeeping/page.html", view)


def locked() -> str:
    return TEMPLATES.render("housekeeping/pin.html", PinPage(phone.CHROME, words("ta"), language_switch("ta", languages()), refused=True))


def asked_on_the_phone() -> str:
    view = phone.page([phone.dirty("4B-A-01", 12)], lang="ta")
    doubted = [checks.check("4B-A-02"), checks.check("4B-A-03", Doubt.CLEANED_WHILE_OCCUPIED)]
    asked = phone_checks(doubted, None, checks.PLAN, checks.AT, words("ta"))
    return TEMPLATES.render("housekeeping/page.html", replace(view, checks=asked))


def asked_on_the_ward() -> str:
    claims = {BedId("4B-A-02"): [(VisitId("V1"), "Meera Iyer"), (VisitId("V2"), "Asha Rao")]}
    open_checks = [checks.check("4B-A-01", asked="asha"), checks.check("4B-A-02", Doubt.TWO_CLAIMS, asked="asha"), checks.check("4B-A-03")]
    open_checks.append(checks.check("4B-B-01", Doubt.BROUGHT_OUT))
    asked = ward_checks(open_checks, "4B", checks.PLAN, checks.AT, reader="asha", claims=claims, may_answer=True)
    doubted = {check.bed for check in open_checks}
    view = ward_page(templates.CHROME, templates.WARD, templates.BEDS, templates.NOW, templates.ZONE, checked=doubted)
    html = TEMPLATES.render("ward/page.html", replace(view, checks=asked))
    return html.replace("hx-get=", "data-get=")  # here nobody answers what the board asks again


def scanner(*, badge: bool, refused: str = "", secret: str = "") -> str:
    view = ScanPage(phone.CHROME, words("hi"), language_switch("hi", languages()), badge, refused, secret)
    return TEMPLATES.render("housekeeping/scan.html", view)


def ringing() -> str:
    """A phone on shift with everything that may lie on it at once."""
    html = (
        housekeeping("ta").replace('data-asks="" hidden', 'data-asks="/none"').replace('class="kept" role="status" hidden', 'class="kept"')
    )
    slot = re.search(r'<template id="told">(.*?)</template>', html, re.DOTALL)
    guess = re.search(r'<template id="guessed">(.*?)</template>', html, re.DOTALL)
    assert slot and guess
    html = html.replace('<div id="refusal" class="refusal" role="alert">', '<div id="refusal" class="refusal" role="alert">' + slot[1])
    return html.replace('<div id="card">', '<div id="card">' + guess[1])


def labels() -> str:
    sheet = label_sheet(phone.CHROME, phone.PLAN, WardId("4B"), "https://beds.example", code_of)
    return TEMPLATES.render("labels/page.html", sheet)


PAGES: dict[str, Callable[[], str]] = {
    "admissions": admissions,
    "admissions-empty": lambda: admissions(desk_page(desk.CHROME, desk.PLAN, [], {}, desk.AT)),
    "housekeeping-hi": housekeeping,
    "housekeeping-ta": lambda: housekeeping("ta"),
    "housekeeping-none": lambda: TEMPLATES.render("housekeeping/page.html", phone.page([])),
    "locked": locked,
    "housekeeping-scan": lambda: scanner(badge=False),
    "housekeeping-badge": lambda: scanner(badge=True),
    "housekeeping-badge-wrong": lambda: scanner(badge=True, refused="x", secret="s"),
    "housekeeping-rings": ringing,
    "labels": labels,
    "manager": lambda: TEMPLATES.render("manager/page.html", manager.page()),
    "housekeeping-check": asked_on_the_phone,
    "ward-checks": asked_on_the_ward,
    "ledger": lambda: TEMPLATES.render("manager/ledger.html", ledger.page()),
    "kpis": lambda: TEMPLATES.render("manager/kpis.html", kpis.page()),
    "kpis-hours": lambda: TEMPLATES.render("manager/kpis.html", kpis.page(kpis.By.HOUR)),
    "kpis-empty": lambda: TEMPLATES.render("manager/kpis.html", kpis.page(empty=True)),
    "ledger-empty": lambda: TEMPLATES.render("manager/ledger.html", ledger.page(empty=True)),
    "manager-empty": lambda: TEMPLATES.render("manager/page.html", manager.page(empty=True)),
    **plain.PAGES,
}


@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_use_the_page(browser: Browser, name: str) -> None:
    small = name.startswith(("housekeeping", "locked"))
    context = browser.new_context(viewport={"width": 360, "height": 740} if small else {"width": 1440, "height": 900})
    page = context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if "Content Security" in message.text else None)
    with staged() as stage:
        stage.pages = {"/page": PAGES[name]()}
        page.goto(stage.address + "/page")
        assert axe_in_both(page) == []
        if not small:
            page.set_viewport_size({"width": 720, "height": 450})
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    context.close()
    assert said == []


@pytest.mark.parametrize(
    ("name", "fonts", "most"),
    [
        ("admissions", ["inter"], 90_000),
        ("housekeeping-hi", ["inter", "noto-sans-devanagari", "noto-sans-tamil"], 180_000),
        ("manager", ["inter"], 90_000),
    ],
)
def test_a_page_fits_a_hospitals_wires(name: str, fonts: list[str], most: int) -> None:
    html = PAGES[name]()
    linked = [CHECKOUT / path for path in re.findall(r'(?:href|src)="/(static/(?!fonts)[^?"]+)', html)]
    text = [html.encode(), *(path.read_bytes() for path in linked)]
    sizes = [len(gzip.compress(part)) for part in text] + [(CHECKOUT / f"static/fonts/{font}.woff2").stat().st_size for font in fonts]
    assert sum(sizes) <= most
