"""ABDM Scan & Share: what a patient's app tells the hospital when the patient scans a counter's code, and what the hospital answers. Pure.

The gateway posts the profile (`/api/v3/hip/patient/share`), and wants the token's number by `on-share` while the patient looks at the
phone. How the parts meet: `flow.web.api.abdm` keeps the share, `flow.main.sharing` gives the token and lays the answer down.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flow.domain.ids import ClinicId
from flow.jwt import Key

ANSWERED_WITHIN = 30
"""Seconds: so long an app waits for the number."""
NO_CLINIC, NO_TOKEN = "ABDM-9999", "ABDM-1000"


@dataclass(frozen=True, slots=True)
class AbdmRules:
    """`[abdm]`: `hip` is our id in the facility registry, `gateway` where we answer, `cm` the consent manager (sbx | abdm). What the
    gateway sends is signed by `keys`, or by those that it publishes at the address `certs`, for `issuer` and `audience` where they are
    named. `counters` are the codes on the posters and their clinics, `clinic` that of all other codes; a token's number is good for
    `token_minutes`."""

    hip: str
    gateway: str
    cm: str = "sbx"
    keys: tuple[Key, ...] = ()
    issuer: str = ""
    audience: str = ""
    counters: Mapping[str, ClinicId] = field(default_factory=dict)
    clinic: ClinicId | None = None
    token_minutes: int = 30
    certs: str = ""

    def clinic_of(self, counter: str) -> ClinicId | None:
        """The clinic of a poster's code."""
        return self.counters.get(counter, self.clinic)

    def counters_of(self, clinic: ClinicId) -> tuple[str, ...]:
        """The codes of a clinic's posters; its own id where it has none and takes all other scans."""
        own = tuple(counter for counter, its in self.counters.items() if its == clinic)
        return own or ((str(clinic),) if clinic == self.clinic else ())


@dataclass(frozen=True, slots=True)
class Profile:
    """What was shared; `counter` is the code on the poster. Nothing else of the profile is kept: no telephone number, no address."""

    counter: str
    address: str
    number: str = ""
    name: str = ""
    sex: str | None = None
    birth_date: date | None = None

    def __repr__(self) -> str:
        return f"Profile(counter={self.counter!r})"


def abha_digits(number: str) -> str:
    """The 14 digits of an ABHA number however it is written; empty where it is none."""
    digits = "".join(letter for letter in number if letter.isascii() and letter.isdigit())
    return digits if len(digits) == 14 else ""


def accepted(request: str, profile: Profile, number: str, minutes: int) -> dict[str, Any]:
    """The body of `on-share`: here is the token's number."""
    given = {"context": profile.counter, "tokenNumber": number, "expiry": str(minutes * 60)}
    return {
        "acknowledgement": {"status": "SUCCESS", "abhaAddress": profile.address, "profile": given},
        "response": {"requestId": request},
    }


def declined(request: str, code: str, message: str) -> dict[str, Any]:
    """The body of `on-share`: no token, and why."""
    return {"error": {"code": code, "message": message}, "response": {"requestId": request}}
