"""`[abdm]` of a hospital file, its keys and counters: their tables, what they may not say, and the rules they make."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from flow.domain.abdm import AbdmRules
from flow.domain.ids import ClinicId
from flow.jwt import HS256, RS256, Key, check_key
from flow.plan_file.problems import Problems
from flow.plan_file.words import Table

_COUNTER = re.compile(r"[A-Za-z0-9]{1,20}", re.ASCII)
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class AbdmKeyTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[[abdm.keys]]`: one that the gateway signs with: `pem` or `n` for RS256, `secret` for HS256."""

    id: _Name
    alg: Literal["RS256", "HS256"]
    pem: str = ""
    n: str = ""
    secret: str = ""


class AbdmTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[abdm]`: see `flow.domain.abdm.AbdmRules`."""

    hip: _Name
    gateway: _Name
    certs: str = ""
    cm: Literal["sbx", "abdm"] = "sbx"
    issuer: str = ""
    audience: str = ""
    counters: dict[str, str] = {}
    clinic: str | None = None
    token_minutes: Annotated[int, msgspec.Meta(ge=1, le=600)] = 30
    keys: list[AbdmKeyTable] = []


def check_abdm(table: AbdmTable | None, clinics: set[str], problems: Problems) -> None:
    """Nobody is believed without a key, no key serves two algorithms, and every counter has its clinic."""
    if table is None:
        return
    if not _is_address(table.gateway):
        problems.add(("abdm", "gateway"), f"gateway = {table.gateway!r} must be an https address, like https://dev.abdm.gov.in/api/hiecm")
    if table.certs and not _is_address(table.certs):
        problems.add(("abdm", "certs"), f"certs = {table.certs!r} must be an https address: where the gateway publishes its keys")
    if not table.keys and not table.certs:
        problems.add(("abdm",), "[abdm] needs certs = ... (the gateway's /gateway/v3/certs), or [[abdm.keys]]: what the gateway signs with")
    if not table.counters and table.clinic is None:
        problems.add(("abdm",), "[abdm] needs clinic = ..., or [abdm.counters]: whose token does somebody get who scans?")
    _check_counters(table, clinics, problems)
    for index, fault in _faults(table.keys):
        problems.add(("abdm", "keys", index), fault)


def _check_counters(table: AbdmTable, clinics: set[str], problems: Problems) -> None:
    if table.clinic is not None and table.clinic not in clinics:
        problems.add(("abdm", "clinic"), f"clinic = {table.clinic!r} is no clinic")
    for counter, clinic in table.counters.items():
        if clinic not in clinics:
            problems.add(("abdm", "counters", counter), f"the counter {counter!r} is mapped to {clinic!r}, which is no clinic")
        if not _COUNTER.fullmatch(counter) or counter == table.hip:
            problems.add(("abdm", "counters", counter), f"{counter!r} cannot stand in a code: 1 to 20 letters and digits, and not the hip")


def _faults(keys: list[AbdmKeyTable]) -> Iterator[tuple[int, str]]:
    known: set[str] = set()
    for index, key in enumerate(keys):
        if key.id in known:
            yield index, f"two keys have the id {key.id!r}"
        known.add(key.id)
        said = [name for name in ("pem", "n", "secret") if getattr(key, name)]
        if said not in ([["secret"]] if key.alg == HS256 else [["pem"], ["n"]]):
            yield (
                index,
                f"key {key.id!r}: {'an HS256 key has a secret' if key.alg == HS256 else 'an RS256 key has a pem or an n'}, and no more",
            )
            continue
        try:
            check_key(_key(key))
        except ValueError as error:
            yield index, f"key {key.id!r}: {error}"


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    near = parts.hostname in ("127.0.0.1", "localhost")
    return parts.scheme in (("https", "http") if near else ("https",)) and bool(parts.hostname) and not parts.query + parts.fragment


def _key(table: AbdmKeyTable) -> Key:
    return Key(table.id, RS256 if table.alg == RS256 else HS256, table.pem or table.n or table.secret)


def abdm_rules(table: AbdmTable | None) -> AbdmRules | None:
    """The rules; None where the hospital does without."""
    if table is None:
        return None
    counters: Mapping[str, ClinicId] = {counter: ClinicId(clinic) for counter, clinic in table.counters.items()}
    clinic = ClinicId(table.clinic) if table.clinic is not None else None
    keys = tuple(_key(key) for key in table.keys)
    gateway = table.gateway.rstrip("/")
    of_tokens = (keys, table.issuer, table.audience)
    return AbdmRules(table.hip, gateway, table.cm, *of_tokens, counters, clinic, table.token_minutes, table.certs)
