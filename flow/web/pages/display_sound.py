"""A display that calls numbers out says, with each word on what it shows, whether it may sound and for which languages it has no voice."""

from starlette.requests import Request
from starlette.responses import Response

from flow.history.sounds import SOUNDS
from flow.locale import languages
from flow.web.pages import displays
from flow.web.pages.form import Form, form_of
from flow.web.parts import house_of
from flow.web.problems import invalid
from flow.web.security.principal import principal_of


async def said(request: Request) -> Response:
    """A display says what it shows and, where it calls out, how that stands: its own word, believed of itself alone."""
    form, house = await form_of(request), house_of(request)
    sound, mute = form.choice("sound", SOUNDS), _mute(form)
    answer = await displays.said(request)
    if sound is not None:
        await house.hall.sounds.says(principal_of(request).id, sound, mute, house.clock.now())
    return answer


def _mute(form: Form) -> tuple[str, ...]:
    """The languages that nobody speaks there, joined by commas."""
    named = form.text("mute", longest=60)
    found = tuple(named.split(",")) if named else ()
    if not set(found) <= set(languages()):
        raise invalid("unknown-word", f"Mute must be of these languages: {', '.join(languages())}.")
    return tuple(sorted(set(found)))
