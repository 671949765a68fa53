"""Beds in doubt on the phone: whoever cleans nearby looks where no nurse can, and says what lies there with one tap."""

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.check import Seen
from flow.domain.check_commands import AnswerCheck
from flow.domain.roles import May
from flow.errors import Refused
from flow.web.act import act
from flow.web.pages import phone
from flow.web.pages.checks import WORDS, check_of, label_of
from flow.web.pages.form import form_of
from flow.web.pages.page import changed
from flow.web.parts import house_of
from flow.web.problems import invalid, unknown
from flow.web.security.principal import principal_of

SETTLED = "Bed {label}: somebody has looked already. Thank you."


async def on_phone(request: Request) -> Response:
    """What whoever cleans nearby saw in it."""
    form, check = await form_of(request), check_of(request)
    seen, spoken, label = form.word("seen", Seen), phone.language_of(request), label_of(house_of(request), check.bed)
    if seen is None:
        raise invalid("missing", "seen is missing.")
    if not principal_of(request).may(May.VERIFY, check.ward):
        raise unknown("unknown-check", "There is no such question to this phone.")
    try:
        done = await act(request, AnswerCheck(check.id, seen))
    except Refused as refusal:
        raise Refused(spoken.say(SETTLED, label=label), code=refusal.code) from refusal
    return await changed(request, phone.after, "/housekeeping", done, f"{label}: {spoken.say(WORDS[seen])}")
