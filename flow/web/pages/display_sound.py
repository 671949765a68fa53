"""A display that calls numbers out says, with each word on what it shows, whether it may sound and for which languages it has no voice."""

from starlette.requests import Request
from starlette.responses import Response

from flow.history.sounds import SOUNDS
from flow.locale import languages
from flow.web.pages import displays
from flow.web.pages.form import Form, form_of
from flow.web.parts import house_of
from flow.web.problems import invalid
from flow.web.security.principal import Way, principal_of


async def said(request: Request) -> Response:
    """A display says what it shows and, where it calls out, how that stands: its own word, believed of itself alone."""
    house, principal = house_of(request), principal_of(request)
    told = _told(await form_of(request)) if principal.way is Way.DEVICE else None
    answer = await displays.said(request)
    if told is not None:
        await house.hall.sounds.says(principal.id, *told, house.clock.now())
    return answer


def _told(form: Form) -> tuple[str, tuple[str, ...]] | None:
    """Of its sound; None of a display that calls nobody."""
    sound, mute = form.choice("sound", SOUNDS), _mute(form)
    return None if sound is None else (sound, mute)


def _mute(form: Form) -> tuple[str, ...]:
    """The languages that nobody speaks there, joined by commas."""
    named = form.text("mute", longest=60)
    found = tuple(named.split(",")) if named else ()
    if not set(found) <= set(languages()):
        raise invalid("unknown-word", f"Mute must be of these languages: {', '.join(languages())}.")
    return tuple(sorted(set(found)))
