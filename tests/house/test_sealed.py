"""What is sealed is listed in one place: a column that is missing there would be left with an old key, and lost when that is dropped."""

import re

from flow.history.sealed import SEALED
from tests.house.tree import ROOT, modules, shown

BYTES = {
    "letter.fingerprint": "a digest of what was received",
    "command.digest": "a digest of what was asked",
    "reply.digest": "a digest of what was asked",
    "account_session.digest": "a digest of a random token",
    "session.digest": "a digest of a random token",
    "token.digest": "a digest of a random token",
    "device.digest": "a digest of a random token",
    "pairing.code": "a digest of six digits, for minutes",
    "pairing.digest": "a digest of a random token",
    "cleaner.badge": "a digest of a badge's number",
    "badge.digest": "a digest of a badge's number",
    "daily_report.pdf": "a report without names",
    "audit_seal.trail": "a digest of the trail",
    "audit_seal.log": "a digest of the log",
    "audit_seal.mac": "a link of the chain",
    "audit_cut.link_mac": "a link of the chain",
    "audit_cut.snapshot": "a digest of what stood",
    "audit_cut.mac": "a link of the cuts",
    "bed_day.beds": "counts",
    "erasure.proof": "a digest of the row",
    "kpi_day.over": "minutes",
    "kpi_day.waited": "minutes",
    "kpi_day_hour.over": "minutes",
    "kpi_day_hour.waited": "minutes",
    "passkey.id": "a credential's public name",
    "passkey.public_key": "public",
    "passkey_challenge.digest": "a digest of a random challenge",
}
"""Columns of bytes that hold nothing sealed, and what they hold."""
SEALERS = {
    "flow/history/inbox.py": "letter",
    "flow/history/mailbag.py": "mailbag",
    "flow/history/people.py": "person",
    "flow/history/contacts.py": "contact",
    "flow/history/shares.py": "share",
    "flow/history/pushes.py": "push_subscription",
    "flow/history/factors.py": "authenticator",
    "flow/history/hospital_files.py": "hospital_file",
    "flow/history/clean_problems.py": "clean_problem",
    "flow/history/outbox.py": "outbox",
    "flow/history/openings.py": "opening",
    "flow/history/reveals.py": "reveal_review",
    "flow/history/sessions.py": "reply",
    "flow/history/bonds.py": "",
    "flow/history/snapshot.py": "snapshot_part",
    "flow/history/reseal.py": "",
    "flow/history/erasures.py": "",
    "flow/census.py": "",
}
"""Who seals, and the table it lies in; where that is none, `bedflow key reseal` asks the file itself, or a browser has
it for ten minutes (`bonds`)."""


def columns_of_bytes() -> set[str]:
    """By table and column, as the migrations have them."""
    found: set[str] = set()
    for path in sorted((ROOT / "flow/history/sql/migrations").glob("*.sql")):
        text = re.sub(r"--[^\n]*", "", path.read_text("utf-8"))
        for table, body in re.findall(r"create table (\w+) \((.*?)\n\)", text, re.DOTALL):
            found |= {f"{table}.{column}" for column in re.findall(r"^\s*(\w+)\s+bytea\b", body, re.MULTILINE)}
        for table, body in re.findall(r"alter table (\w+)(.*?);", text, re.DOTALL):
            found |= {f"{table}.{column}" for column in re.findall(r"add column (?:if not exists )?(\w+)\s+bytea\b", body)}
    return found


def test_every_column_of_bytes_is_listed_as_sealed_or_said_to_be_none() -> None:
    sealed, there = {each.name for each in SEALED}, columns_of_bytes()
    assert len(there) > 20, "the migrations are read"
    assert sealed <= there
    assert there - sealed - set(BYTES) == set(), "list it in flow/history/sealed.py, or say here what it holds"
    assert sealed & set(BYTES) == set()


def test_a_missing_column_is_found() -> None:
    listed = {each.name for each in SEALED if each.table != "contact"}
    assert columns_of_bytes() - listed - set(BYTES) == {"contact.sealed"}


def test_whoever_seals_is_known_by_its_table() -> None:
    """Nobody seals into a column of text either, unseen."""
    sealing = {
        shown(path)
        for path in modules("flow", "realtime", "adt_feed", "allocation")
        if re.search(r"vault\.seal\(", path.read_text("utf-8"))
    }
    assert sealing == set(SEALERS)
    assert {table for table in SEALERS.values() if table} == {each.table for each in SEALED}
