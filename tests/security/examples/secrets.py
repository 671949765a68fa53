"""Secrets and names, kept and let out."""

import hmac
import random
import secrets
from typing import Any

import structlog

log = structlog.get_logger()


def bad_logs(person: Any, letter: Any, mrn: str) -> None:
    # ruleid: name-in-a-log
    log.info("visit.admitted", name=person.name)
    # ruleid: name-in-a-log
    log.warning("visit.unknown", mrn=mrn)
    # ruleid: name-in-a-log
    log.error("letter.poison", said=letter.body)
    # ruleid: name-in-a-log
    log.info(f"admitted {mrn}")


def good_logs(letter: Any, error: Exception) -> None:
    # ok: name-in-a-log
    log.info("visit.admitted", visit=letter.visit, letter=letter.id)
    # ok: name-in-a-log
    log.error("letter.poison", kind=type(error).__name__)


def bad_compared(request: Any, token: Any, given: str) -> bool:
    # ruleid: secret-compared
    if request.password == given:
        return True
    # ruleid: secret-compared
    if token.digest != given:
        return False
    signature = given
    # ruleid: secret-compared
    return signature == token.made


def good_compared(request: Any, given: str, kind: str) -> bool:
    # ok: secret-compared
    if request.password == "":
        return False
    # ok: secret-compared
    return hmac.compare_digest(request.password, given) and kind == "person"


def bad_random() -> list[object]:
    return [
        # ruleid: random-for-secrets
        random.randbytes(16),
        # ruleid: random-for-secrets
        random.choice("abc"),
    ]


def good_random() -> list[object]:
    return [
        # ok: random-for-secrets
        secrets.token_hex(16),
        # ok: random-for-secrets
        secrets.choice("abc"),
    ]
