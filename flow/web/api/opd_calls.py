"""A call of the waiting hall as it is read out: its words in the hall's languages, and their sound where this server has a voice.

Only a call that stands on the live board is told, so that nobody makes this server say what they like; token and room, and nobody's name.
"""

import hashlib
from urllib.parse import quote, urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from flow.views.opd_spoken import called
from flow.views.opd_wall import standing
from flow.views.words import Words
from flow.web.api.opd import of_day
from flow.web.api.wire import answer, picture
from flow.web.kept import holds
from flow.web.pages.form import Form
from flow.web.pages.walls import clinics_of, spoken_in
from flow.web.parts import house_of
from flow.web.problems import unknown


class SaidOut(msgspec.Struct):
    """A call in one language; `voice` is what a browser's speech is asked for (BCP 47), `sound` the address of a WAV."""

    lang: str
    voice: str
    text: str
    sound: str | None = None


class CallOut(msgspec.Struct):
    """A call that stands, in the order in which it is said."""

    token: str
    said: list[SaidOut]


async def words_of_call(request: Request) -> Response:
    """What is said of a call that stands now."""
    token, texts = _asked(request)
    served, here = await house_of(request).hall.speech.voices(), quote(f"{request.scope['path']}.wav", safe="/+")
    query = {"room": request.query_params["room"], "token": token}
    sounds = {words.lang: f"{here}?{urlencode({**query, 'lang': words.lang})}" for words, _ in texts if words.lang in served}
    return answer(CallOut(token, [SaidOut(words.lang, words.voice, text, sounds.get(words.lang)) for words, text in texts]))


async def sound_of_call(request: Request) -> Response:
    """The same read out in one language (WAV); 503 where this server has no voice for it."""
    _, texts = _asked(request)
    lang = Form(request.query_params).needed("lang", longest=10)
    text = next((text for words, text in texts if words.lang == lang), None)
    if text is None:
        raise unknown("unknown-language", "This hall does not speak that language.")
    sound = await house_of(request).hall.speech.read_out(text, lang)
    headers = {"etag": f'"{hashlib.sha256(sound).hexdigest()[:20]}"', "cache-control": "private, no-cache"}
    if holds(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    return Response(sound, headers=headers, media_type="audio/wav")


def _asked(request: Request) -> tuple[str, list[tuple[Words, str]]]:
    """The number, and the call in each of the hall's languages. Raises 404 for one that does not stand."""
    house, form = house_of(request), Form(request.query_params)
    picture(house)
    clinics = clinics_of(house.plan, request.path_params["clinics"].split("+"))
    key, token = form.needed("room", longest=100), form.needed("token", longest=30)
    tokens = [each for clinic in clinics for each in of_day(house, clinic.id)]
    door = standing(clinics, tokens, house.live.rooms, key, token)
    if door is None:
        raise unknown("not-called", "This token is not being called into that room now.")
    clinic = next(clinic.name for clinic in clinics if key.startswith(f"room:{clinic.id}/"))
    shared = clinic if len(clinics) > 1 else ""
    return token, [(words, called(words, token, door, shared)) for words in spoken_in(house.plan, clinics)]
