"""Passkeys at the door (WebAuthn level 3, by py_webauthn): what a browser is asked to sign, and whether it has.

A passkey is found by itself (discoverable) and always asks its owner for a finger, a face or a PIN (user verification): it is two factors
in one. A challenge is given for one purpose, kept as a digest, and taken once.
"""

from base64 import urlsafe_b64decode
from collections.abc import Iterable
from urllib.parse import urlsplit

import msgspec
import webauthn
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from flow.history.accounts import Account
from flow.history.passkeys import CHALLENGE_LASTS
from flow.web.parts import House

_LONGEST = 16_000
_MILLISECONDS = int(CHALLENGE_LASTS.total_seconds() * 1000)


class _Answer(msgspec.Struct):
    client: str = msgspec.field(name="clientDataJSON")
    user: str | None = msgspec.field(name="userHandle", default=None)


class _Credential(msgspec.Struct):
    id: str = msgspec.field(name="rawId")
    response: _Answer


class _Client(msgspec.Struct):
    challenge: str


class _Shown:
    """A browser's answer as text, with what it says of itself. Raises ValueError where it says nothing that can be read."""

    def __init__(self, text: str) -> None:
        if len(text) > _LONGEST:
            raise ValueError("too long")
        found = msgspec.json.decode(text, type=_Credential)
        self.text = text
        self.id = _bytes(found.id)
        self.user = _bytes(found.response.user or "")
        self.challenge = _bytes(msgspec.json.decode(_bytes(found.response.client), type=_Client).challenge)


async def to_register(house: House, account: Account) -> str:
    """What a browser is asked for a new passkey; those it holds already are left out."""
    known = [PublicKeyCredentialDescriptor(id=key.id) for key in await house.passkeys.of(account.id)]
    return webauthn.options_to_json(
        webauthn.generate_registration_options(
            rp_id=_place(house),
            rp_name=house.plan.name,
            user_id=house.passkeys.handle(account.id),
            user_name=account.id,
            user_display_name=account.name,
            challenge=await house.passkeys.challenge(f"register|{account.id}", house.clock.now()),
            timeout=_MILLISECONDS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=known,
        )
    )


async def register(house: House, account: Account, text: str, name: str) -> bool:
    """Keep the passkey that a browser has made; False where it is not what was asked for."""
    now = house.clock.now()
    try:
        shown = _Shown(text)
        if not await house.passkeys.take(shown.challenge, f"register|{account.id}", now):
            return False
        found = webauthn.verify_registration_response(
            credential=shown.text,
            expected_challenge=shown.challenge,
            expected_rp_id=_place(house),
            expected_origin=house.settings.origin,
            require_user_verification=True,
        )
    except (ValueError, msgspec.MsgspecError, WebAuthnException):
        return False
    return await house.passkeys.add(account.id, found.credential_id, found.credential_public_key, found.sign_count, name, now)


async def to_show(house: House, purpose: str, account: str = "") -> str:
    """What a browser is asked to sign; with an account, by one of its passkeys alone."""
    keys: Iterable[bytes] = [key.id for key in await house.passkeys.of(account)] if account else []
    return webauthn.options_to_json(
        webauthn.generate_authentication_options(
            rp_id=_place(house),
            challenge=await house.passkeys.challenge(purpose, house.clock.now()),
            timeout=_MILLISECONDS,
            allow_credentials=[PublicKeyCredentialDescriptor(id=key) for key in keys],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


async def shown(house: House, purpose: str, text: str) -> Account | None:
    """Whose passkey has signed the challenge of this purpose; None where none has."""
    now = house.clock.now()
    try:
        answer = _Shown(text)
        held = await house.passkeys.find(answer.id)
        if not await house.passkeys.take(answer.challenge, purpose, now) or held is None:
            return None
        if answer.user and answer.user != house.passkeys.handle(held.account.id):
            return None
        found = webauthn.verify_authentication_response(
            credential=answer.text,
            expected_challenge=answer.challenge,
            expected_rp_id=_place(house),
            expected_origin=house.settings.origin,
            credential_public_key=held.public_key,
            credential_current_sign_count=held.uses,
            require_user_verification=True,
        )
    except (ValueError, msgspec.MsgspecError, WebAuthnException):
        return None
    await house.passkeys.used(answer.id, found.new_sign_count, now)
    return held.account


def _place(house: House) -> str:
    """The name that passkeys are bound to: the host of the address people type."""
    return urlsplit(house.settings.origin).hostname or "localhost"


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
