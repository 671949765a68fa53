"""The exceptions tray and a feed's rules: giving words a meaning, turning switches, sending letters in again."""

from dataclasses import replace
from datetime import datetime
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.feed_commands import ChangeFeed
from flow.domain.ids import BedId, ClinicId, FeedId, VisitId
from flow.domain.opd_commands import SeatWalkIn
from flow.domain.walk_in import unseated
from flow.errors import Refused
from flow.views.integration.tray import TITLES, Progress, TrayPage, feed_page, tray_page
from flow.views.integration.unseated import unseated_rows
from flow.web.act import act
from flow.web.api.feeds import changed, feed_of, known_feed, words_waited_for
from flow.web.api.wire import moment
from flow.web.pages.form import Form, form_of
from flow.web.pages.integration.frame import frame_of
from flow.web.pages.page import html
from flow.web.parts import House, house_of
from flow.web.problems import bad_request, denied_by, invalid

HERE = "/integration/tray"


async def page(request: Request) -> Response:
    """What lies in the tray."""
    return html(request, "integration/tray.html", await _view(request))


async def board(request: Request) -> Response:
    """Its live region alone, asked for while letters that were sent in again still wait."""
    return html(request, "integration/_tray.html", await _view(request))


async def _view(request: Request, refused: str = "") -> TrayPage:
    house = house_of(request)
    found = tray_page(
        await frame_of(request, HERE, refused),
        house.plan,
        await house.letters.tray(),
        await words_waited_for(house),
        await _progress(request, house),
    )
    return replace(found, unseated=unseated_rows(unseated(house.desk.hospital, house.clock.now()), house.plan))


async def _progress(request: Request, house: House) -> Progress | None:
    """How far the letters sent in again at `?at=` have come, `?of=` of them."""
    at, of = request.query_params.get("at"), request.query_params.get("of", "")
    if at is None:
        return None
    if not (of.isascii() and of.isdigit() and len(of) < 10):
        raise bad_request("bad-parameter", "of is how many letters were sent in again.")
    left = await house.letters.left(moment(at, "at"))
    return Progress(max(0, int(of) - left), int(of), urlencode({"at": at, "of": of}))


def _back_to_tray(at: datetime, count: int) -> Response:
    return RedirectResponse(f"{HERE}?{urlencode({'at': at.isoformat(), 'of': count})}", 303)


async def replay(request: Request) -> Response:
    """Send all letters of a group in again."""
    form, house = await form_of(request), house_of(request)
    at = house.clock.now()
    count = await house.letters.put_back_code(form.text("code"), form.text("feed") or None, at)
    house.desk.wake()
    return _back_to_tray(at, count)


async def mean(request: Request) -> Response:
    """Give one word a meaning; what waited for it goes in by itself."""
    form = await form_of(request)
    kind = form.choice("kind", TITLES)
    feed = known_feed(house_of(request), form.needed("feed", longest=60))
    if kind is None:
        raise invalid("missing", "Say what kind of word it is.")
    from_feed = form.text("back") == "feed"
    try:
        at, count = await changed(request, _meaning(feed, kind, form.needed("word"), form.needed("meaning")))
    except Refused as refused:
        return await (_feed(request, feed, refused) if from_feed else _tray(request, refused))
    return _to_feed(feed) if from_feed else _back_to_tray(at, count)


async def give_token(request: Request) -> Response:
    """Try again to give a registered outpatient a token, after what was wrong has been put right."""
    form = await form_of(request)
    try:
        await act(request, SeatWalkIn(VisitId(form.needed("visit", longest=250))))
    except Refused as refused:
        return await _tray(request, refused)
    return RedirectResponse(HERE, 303)


async def _tray(request: Request, refused: Refused) -> Response:
    return html(request, "integration/tray.html", await _view(request, refused.reason), denied_by(refused).status)


def _meaning(feed: FeedId, kind: str, word: str, meaning: str) -> ChangeFeed:
    match kind:
        case "places":
            return ChangeFeed(feed, places={word: BedId(meaning)})
        case "statuses":
            return ChangeFeed(feed, statuses={word: meaning})
        case "classes":
            return ChangeFeed(feed, classes={word: meaning})
        case "payers":
            return ChangeFeed(feed, payers={word: meaning})
        case "dispositions":
            return ChangeFeed(feed, dispositions={word: meaning})
        case _:
            return ChangeFeed(feed, clinics={word: ClinicId(meaning)})


def _to_feed(feed: FeedId) -> Response:
    return RedirectResponse(f"/integration/feeds/{quote(feed, safe='')}", 303)


async def feed(request: Request) -> Response:
    """A feed's rules as they stand."""
    return await _feed(request, feed_of(request))


async def _feed(request: Request, feed: FeedId, refused: Refused | None = None) -> Response:
    frame = await frame_of(request, "/integration", refused.reason if refused else "")
    status = denied_by(refused).status if refused else 200
    return html(request, "integration/feed.html", feed_page(frame, house_of(request).desk.hospital, feed), status)


async def switch(request: Request) -> Response:
    """Turn a feed's switches; what stays as it is, is not written down."""
    form, name = await form_of(request), feed_of(request)
    rules = house_of(request).desk.hospital.feed(name)
    key = tuple(form.text("visit_key").split(",")) if form.text("visit_key") else rules.visit_key
    command = ChangeFeed(
        name,
        a08=_new(form, "a08", rules.a08),
        zone=_new(form, "zone", rules.zone),
        charset=_new(form, "charset", rules.charset or ""),
        visit_key=key if key != rules.visit_key else None,
    )
    try:
        await changed(request, command)
    except Refused as refused:
        return await _feed(request, name, refused)
    return _to_feed(name)


def _new(form: Form, name: str, old: str) -> str | None:
    said = form.text(name, longest=60)
    return said if said and said != old else None
