"""What displays say of themselves, and the page on which an administrator looks up what one of them has shown."""

import math
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.showing import Word
from flow.history.devices import Listed
from flow.locale import languages
from flow.views.bed_tile import Audience
from flow.views.display_past import displays_page
from flow.web.pages.form import Form, form_of
from flow.web.pages.page import chrome, html
from flow.web.parts import House, house_of
from flow.web.problems import bad_request, forbidden, invalid, unknown
from flow.web.security.audience import ORDER
from flow.web.security.entrance import A_MINUTE
from flow.web.security.principal import Way, principal_of

_TOPICS = re.compile(r"[a-z]+(:[\w .-]{1,40})?(,[a-z]+(:[\w .-]{1,40})?){0,7}")
_MOST_SECONDS = 10_000_000.0
_MOST_FILES = 1_000_000


async def said(request: Request) -> Response:
    """A display says which Seq it has drawn and how old its picture is and was: its own word, believed of itself alone. One whose page
    was drawn by another version of the hospital file is asked to load itself anew (205)."""
    house, principal = house_of(request), principal_of(request)
    if principal.way is not Way.DEVICE or principal.audience is None:
        raise forbidden("Only a paired display says what it shows.")
    await house.limiter.check("shown", principal.id, 40, A_MINUTE)
    topics, audience = request.query_params.get("topics", ""), request.query_params.get("audience", "")
    if not _TOPICS.fullmatch(topics) or audience not in list(Audience):
        raise bad_request("unknown-topic", "Say what is shown, as the stream's address does.")
    if ORDER.index(Audience(audience)) > ORDER.index(principal.audience):
        raise forbidden("This display's grant is for less than that.")
    now = house.clock.now()
    word = _word(await form_of(request), now)
    await house.displays.says(principal.id, topics, audience, word, now)
    return Response(status_code=204 if word.file in (0, house.plans_then.version) else 205)


def _word(form: Form, now: datetime) -> Word:
    seq, as_of = form.number("seq"), _number(form, "as_of")
    if seq is None or as_of > (now + timedelta(minutes=5)).timestamp():
        raise invalid("missing", "Say which Seq is shown, and when that was true.")
    ages = (_number(form, "age", _MOST_SECONDS), _number(form, "oldest", _MOST_SECONDS))
    lang, light, file = form.choice("lang", languages()) or "", form.text("light") == "1", min(form.number("file") or 0, _MOST_FILES)
    return Word(seq, datetime.fromtimestamp(as_of, UTC), *ages, lang, light, file)


def _number(form: Form, name: str, most: float = math.inf) -> float:
    try:
        found = float(form.needed(name, longest=30))
    except ValueError:
        found = math.nan
    if not 0 <= found < math.inf:
        raise invalid("not-a-number", f"{name} must be a number of seconds.")
    return min(found, most)


async def page(request: Request) -> Response:
    """The displays, and the past of the one that the address names."""
    house, form = house_of(request), Form(request.query_params)
    now, zone = house.clock.now(), house.plan.zone
    screens = await screens_of(house)
    chosen = one_of(screens, form.text("device")) if form.text("device") else next(iter(screens), None)
    at = form.moment("time", zone) or now.astimezone(ZoneInfo(zone))
    past = await house.displays.by(chosen.id, at, 100) if chosen is not None else ([], [])
    view = displays_page(chrome(request, "Administration"), zone, now, at, screens, chosen, await house.displays.newest(), past)
    return html(request, "admin/displays.html", view)


def one_of(screens: list[Listed], number: str) -> Listed:
    """The display of that id, revoked or not."""
    found = next((device for device in screens if device.id == number), None)
    if found is None:
        raise unknown("unknown-device", "There is no such display.")
    return found


async def screens_of(house: House) -> list[Listed]:
    """Every display that was ever let in."""
    return [device for device in await house.devices.all() if device.kind == "display"]
