"""Scan & Share: the ABDM gateway tells who has scanned a counter's code. Checked, kept, answered at once; the token follows (`on-share`).

The address and the shape of the body are the gateway's (HIE-CM v3, patient share). What is not read here is not kept.
"""

import re
from datetime import date
from typing import Annotated

import msgspec
import structlog
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from flow.certs import Certs
from flow.domain.abdm import Profile, abha_digits
from flow.jwt import Untrusted
from flow.web.api.wire import answer, read
from flow.web.parts import house_of
from flow.web.problems import Denied, bad_request, invalid, unknown
from flow.web.security.limits import address

log = structlog.get_logger()
_REQUEST = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)
_SEXES = {"M": "M", "F": "F", "O": "O", "T": "O"}
A_MINUTE = 600
"""Shares of one gateway; more is a fault or an attack, and is told to come back."""

_Word = Annotated[str, Meta(max_length=200)]


class SharedPatient(msgspec.Struct, rename="camel"):
    """The profile's patient, as far as it is read."""

    abha_address: _Word = ""
    abha_number: _Word | int | None = None
    name: _Word = ""
    gender: _Word = ""
    day_of_birth: int | _Word | None = None
    month_of_birth: int | _Word | None = None
    year_of_birth: int | _Word | None = None


class SharedProfile(msgspec.Struct):
    """What a patient's app shared."""

    patient: SharedPatient


class ShareMeta(msgspec.Struct, rename="camel"):
    """Where it was scanned: the facility, and the code on the poster."""

    hip_id: _Word = ""
    context: _Word = ""


class ShareTold(msgspec.Struct, rename="camel"):
    """The gateway's body; what else it holds is left alone."""

    profile: SharedProfile
    meta_data: ShareMeta = msgspec.field(default_factory=ShareMeta)
    intent: _Word = "PROFILE_SHARE"


class ShareTaken(msgspec.Struct):
    """It is kept, and the token will follow."""

    status: str = "ACCEPTED"


async def share(request: Request) -> Response:
    """A patient scanned a counter's code (ABDM Scan & Share); the token's number follows by on-share."""
    house = house_of(request)
    rules = house.plan.abdm
    if rules is None or house.certs is None:
        raise unknown("no-abdm", "This hospital has no [abdm].")
    await _check_sender(request, house.certs)
    await house.limiter.check("abdm", address(request), A_MINUTE, 60)
    number = request.headers.get("request-id", "")
    if not _REQUEST.fullmatch(number):
        raise bad_request("no-request-id", "REQUEST-ID is missing, or is none.")
    told = await read(request, ShareTold)
    if told.intent != "PROFILE_SHARE":
        raise invalid("other-intent", "Only PROFILE_SHARE is taken here.")
    if rules.hip != (request.headers.get("x-hip-id") or told.meta_data.hip_id):
        raise Denied(403, "other-hip", "This is another facility's.")
    new = await house.hall.shares.keep(number, profile_of(told), house.clock.now())
    log.info("share.kept" if new else "share.repeated", request=number)
    return answer(ShareTaken())


async def _check_sender(request: Request, certs: Certs) -> None:
    """401 for whatever our keys did not sign, with no word of what was wrong."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    try:
        if kind.casefold() != "bearer":
            raise Untrusted("There is no token.", code="no-token")
        await certs.verified(token.strip())
    except Untrusted as refusal:
        log.warning("share.refused", code=refusal.code)
        raise Denied(401, "untrusted", "This was not signed by the gateway.", {"www-authenticate": "Bearer"}) from None


def profile_of(told: ShareTold) -> Profile:
    """What is kept of a share. 422 where it names nobody."""
    patient = told.profile.patient
    number, home = abha_digits(str(patient.abha_number or "")), patient.abha_address.strip()
    if not number and not home:
        raise invalid("no-abha", "The profile has neither an ABHA number nor an ABHA address.")
    sex = _SEXES.get(patient.gender.strip().upper()[:1])
    return Profile(told.meta_data.context, home, number, " ".join(patient.name.split()), sex, _born(patient))


def _born(patient: SharedPatient) -> date | None:
    """The day of birth where all of it is said."""
    try:
        year, month, day = (int(part or 0) for part in (patient.year_of_birth, patient.month_of_birth, patient.day_of_birth))
        return date(year, month, day)
    except ValueError:
        return None
