"""Somebody is erased: canary names are planted wherever a person's may lie, and afterwards are in no table, opened, and in no file."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from adt_feed.explain import explain
from flow.cli import app
from flow.domain.abdm import Profile
from flow.domain.erasure import Asker, Reason
from flow.domain.ids import PatientId, VisitId
from flow.domain.outgoing import Batch, Posted
from flow.domain.person import PersonDetails
from flow.domain.roles import Role
from flow.errors import Refused
from flow.history import again, models
from flow.history.contacts import Contacts
from flow.history.erasures import HOW
from flow.history.legal_holds import LegalHolds
from flow.history.openings import Openings
from flow.history.outbox import Outbox
from flow.history.people import People
from flow.history.pool import Database
from flow.history.reseal import Reseal
from flow.history.sealed import SEALED
from flow.history.sessions import Replies, Reply
from flow.history.shares import Shares
from flow.key_ring import KEY_FILE, lay_ring, read_ring
from flow.main.house import interpreter
from flow.vault import open_vault
from flow.web.rooms import Integration
from tests.integration.feed_house import Came, send, signed_in, stay
from tests.integration.sealed_rows import opened
from tests.integration.test_desk import DESK, NOW, open_house
from tests.integration.web_house import Web, make_web

MRN, OTHER = "CANARYMRN7", "OTHERMRN8"
CANARIES = (b"canarita", b"canaria", b"canario", b"canarymrn7", b"9876543210")
WHY = (Reason.ASKED, Asker.PERSON)


@pytest.fixture
async def fed(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    """A hospital that hears letters, whose web room knows who was erased."""
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path)
        core.desk.interpret = core.desk._letters.interpret = interpreter(core.desk.people)
        core.clock.advance(timedelta(hours=3))
        web = make_web(core, stack, tmp_path, integration=Integration(explain=explain))
        web.house.people.erased = lambda patient: core.desk.hospital.erased(patient)  # noqa: PLW0108  # that of then
        yield web


def other(number: int, place: str, trigger: str = "A01", minute: int = 0) -> Came:
    """Somebody else's letter, without a canary."""
    came = stay(number, place, trigger, visit=f"O{number}", mrn=OTHER, minute=minute)
    raw = came.raw.replace(b"Canarita^Canaria", b"Stays^Mary").replace(b"Canarita^Canario", b"Stays^John")
    return Came(raw, came.control_id, came.trigger, came.received_at)


async def lived(web: Web) -> PatientId:
    """A stay that is over, and traces of the person in every table that may have one; another person beside."""
    house = web.house
    await send(web, *(stay(n, "4B^A^03", does, "V6", "OLDCANARYMRN7", minute) for n, does, minute in ((6, "A01", 0), (7, "A03", 3))))
    await send(web, stay(1, "4B^A^01", visit="V7", mrn=MRN), other(11, "4B^A^02"))
    merged = stay(2, "", "A40", mrn=MRN, minute=5)
    await send(web, Came(merged.raw + b"\rMRG|OLDCANARYMRN7^^^H^MR", merged.control_id, "A40", merged.received_at))
    await send(web, Came(b"MSH|^~\\&|HIS|H|BF|H|1||ADT^A99|C3|P|2.5\rPID|1||" + MRN.encode() + b"\rPV1|1|I|nowhere", "C3", "A99", NOW))
    await send(web, stay(4, "4B^A^01", "A03", visit="V7", mrn=MRN, minute=60))
    patient = house.people.pseudonym(MRN)
    assert (await house.people.get([patient]))[patient].name == "Canaria Canarita"
    await Contacts(house.database, house.people.vault).consent(patient, "+91 98765 43210", "asha", NOW)
    letter = Posted("A01", "k1", stay(5, "4B^A^01", mrn=MRN).raw, "Canarita")
    outbox = Outbox(house.database, house.people.vault, web.core.clock, "lab")
    await outbox.post(Batch([letter]))
    waiting = await outbox.next()
    assert waiting is not None
    await outbox.dead(waiting, "AR", "Canarita is unknown there")
    answer = json.dumps({"mrn": MRN, "name": "Canaria"}).encode()
    await Replies(house.database, house.people.vault).keep("asha", "k", Reply(b"d", 200, answer), NOW)
    opened_for = ("care", f"the father of Canaria Canarita ({MRN}) asked")
    await Openings(house.database, house.people.vault).begin("seat", ("mary", "manager"), None, opened_for, NOW)
    await house.reveals.note(1, "root", ("answer the sender", f"it was about Canaria ({MRN})"), NOW)
    await house.census.keep()
    return patient


async def everything(web: Web, folder: Path) -> bytes:
    """Every row of every table as text, every sealed value opened, every file; the list on disk opened as well."""
    found: list[bytes] = []
    tables = await web.house.database.pool.fetch("select tablename from pg_tables where schemaname = 'public'")
    for (table,) in tables:
        rows = await web.house.database.pool.fetch(f"select t::text as row from {table} t")
        found += [row["row"].encode() for row in rows]
    for values in (await opened(web.house.database, web.house.people.vault)).values():
        found += values
    found += [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    found += [web.house.census.file.plain() or b""]
    return b"\n".join(found).lower()


async def erased(web: Web, patient: PatientId) -> int:
    """As the page does it, a while after what was, and before what comes."""
    web.core.clock.advance(timedelta(seconds=1))
    number = await web.house.erasing.begin(patient, WHY, DESK)
    await web.house.erasing.finish(number)
    web.core.clock.advance(timedelta(seconds=1))
    return number


async def test_no_canary_is_left_in_any_table_opened_nor_in_any_file(fed: Web, tmp_path: Path) -> None:
    patient = await lived(fed)
    before = await everything(fed, tmp_path)
    assert [canary for canary in CANARIES if canary not in before] == [], "they were planted"
    log = await fed.house.database.pool.fetch("select seq, body::text from log order by seq")
    number = await erased(fed, patient)
    after = await everything(fed, tmp_path)
    assert [canary for canary in CANARIES if canary in after] == []
    assert b"mary" in after and OTHER.lower().encode() in after, "somebody else is there still"
    assert (await fed.house.database.pool.fetch("select seq, body::text from log order by seq"))[: len(log)] == log
    done = await fed.house.erasing.verify(number)
    assert done.found == {} and done.notes == 0 and done.proof == done.expected and done.keys == (1,)
    assert done.counts == {
        "letters": 6,
        "outbox": 1,
        "replies": 1,
        "persons": 2,
        "contacts": 1,
        "consents": 1,
        "said": 2,
        "tongues": 0,
        "digests": 0,
    }


async def test_what_was_acknowledged_is_told_for_ever_and_no_more_than_that(fed: Web) -> None:
    """I1: digest, control id and time stay."""
    patient = await lived(fed)
    asked = "select id, control_id, fingerprint, received_at, feed, sender from letter order by id"
    before = await fed.house.database.pool.fetch(asked)
    await erased(fed, patient)
    assert await fed.house.database.pool.fetch(asked) == before
    gone = await fed.house.database.pool.fetch("select control_id, gone from letter where body is null order by id")
    assert {(row["control_id"], row["gone"]) for row in gone} == {(f"C{n}", "erased") for n in (1, 2, 3, 4, 6, 7)}
    await fed.house.inbox.keep([stay(1, "4B^A^01", visit="V7", mrn=MRN)])
    async with asyncio.timeout(10):
        while (await fed.house.inbox.counts()).get("duplicate") != 1:
            await asyncio.sleep(0.01)
    assert "received" not in await fed.house.inbox.counts(), "the same letter again is known by its digest"


async def test_a_later_letter_makes_a_new_person(fed: Web) -> None:
    patient = await lived(fed)
    await erased(fed, patient)
    await send(fed, stay(20, "4B^A^01", visit="V20", mrn=MRN, minute=100))
    visit = fed.core.desk.hospital.visits[VisitId("V20")]
    assert visit.patient != patient and not fed.core.desk.hospital.erased(visit.patient)
    assert [one.mrn for one in (await fed.house.people.get([visit.patient, patient])).values()] == [MRN]
    assert await fed.house.people.find_mrn(MRN) == visit.patient
    number = (await fed.house.erasing.erasures.all())[0].id
    assert (await fed.house.erasing.verify(number)).found == {}, "the new person is no trace of the old"
    await send(fed, stay(21, "4B^A^01", "A03", visit="V20", mrn=MRN, minute=200))
    await erased(fed, visit.patient)
    await send(fed, stay(22, "4B^A^01", visit="V22", mrn=MRN, minute=300))
    assert fed.core.desk.hospital.visits[VisitId("V22")].patient not in (patient, visit.patient), "and so on"


async def test_nothing_is_written_down_of_the_erased_by_a_process_that_has_not_heard(fed: Web) -> None:
    patient = await lived(fed)
    known = (await fed.house.people.get([patient]))[patient]
    await erased(fed, patient)
    await fed.house.people.put([known], NOW)
    assert await fed.house.people.get([patient]) == {}


async def test_the_journal_decides_the_same_and_what_is_made_anew_is_the_same(fed: Web) -> None:
    patient = await lived(fed)
    figures = "select holder, bed, kind, from_at, to_at from occupancy order by holder, bed, from_at, seq_from"
    before = await fed.house.database.pool.fetch(figures)
    await erased(fed, patient)
    await send(fed, stay(20, "4B^A^01", visit="V20", mrn=MRN, minute=100))
    stood = await fed.house.database.pool.fetch(figures)
    assert stood[: len(before)] == before or [row for row in stood if row["holder"] != "V20"] == before
    reads = fed.core.desk.interpret
    verdict = await again.check(
        fed.house.database, fed.house.plan, fed.house.inbox, lambda letter, hospital: reads(letter, hospital).commands, lambda *_: None
    )
    assert verdict.equal, (verdict.surprises, verdict.differences)
    await models.remake(fed.house.database, fed.house.plan, fed.house.people.vault, lambda *_: None)
    assert await fed.house.database.pool.fetch(figures) == stood


async def test_whoever_is_still_here_waits_or_is_held_is_not_erased(fed: Web) -> None:
    house = fed.house
    await send(fed, stay(1, "4B^A^01", visit="V7", mrn=MRN))
    patient = fed.core.desk.hospital.visits[VisitId("V7")].patient
    with pytest.raises(Refused, match="is in the house"):
        await erased(fed, patient)
    await send(fed, stay(4, "4B^A^01", "A03", visit="V7", mrn=MRN, minute=60))
    hold = await LegalHolds(house.database).hold_patient(patient, "court", "court", "chief", NOW)
    with pytest.raises(Refused, match="legal hold"):
        await erased(fed, patient)
    await LegalHolds(house.database).lift(hold, "over", "chief", NOW)
    await Shares(house.database, house.people.vault).keep("r1", Profile("c", "a@abdm", number=MRN), NOW)
    with pytest.raises(Refused, match="waits to be handled"):
        await erased(fed, patient)
    await Shares(house.database, house.people.vault).settle("r1", None, NOW)
    assert await house.erasing.erasures.all() == []
    await erased(fed, patient)
    with pytest.raises(Refused):
        await house.erasing.begin(patient, WHY, DESK)


async def test_what_is_planted_again_is_found(fed: Web, tmp_path: Path) -> None:
    """The negative control of the proof: a name's number in a table, in a file, in a letter, and a proof that was changed."""
    patient = await lived(fed)
    number = await erased(fed, patient)
    pool, vault = fed.house.database.pool, fed.house.people.vault
    (tmp_path / "notes.txt").write_text(f"call {MRN}|soon")
    await pool.execute(
        "update letter set body = $1, gone = null, gone_at = null, fingerprint = 'x' where control_id = 'C1' and state <> 'duplicate'",
        vault.seal(f"PID|1||{MRN}".encode(), b"letterx"),
    )
    await pool.execute("insert into tongue values ($1, $2, 'hi', true, now())", fed.house.plan.id, patient)
    await pool.execute("update erasure set notes = 9")
    found = (await fed.house.erasing.verify(number)).found
    assert found == {"file notes.txt": 1, "letter.body": 1, "tongue": 1, "proof": 1}


async def test_an_erasure_that_was_cut_off_is_finished(fed: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    patient = await lived(fed)
    erasures = fed.house.erasing.erasures
    number = await fed.house.erasing.begin(patient, WHY, DESK)

    async def killed(*_: object) -> set[int]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(erasures, "_keys", killed)
        with pytest.raises(KeyboardInterrupt):
            await erasures.finish(number, NOW)
    cut = await erasures.one(number)
    assert cut is not None and cut.done_at is None and len(await erasures.details([patient])) == 1, "nothing or all"
    assert (await fed.house.erasing.finish(number)).counts["persons"] == 2
    again_done = await fed.house.erasing.finish(number)
    assert again_done.counts["persons"] == 2, "twice is once"


async def test_backups_are_said_to_open_until_the_key_is_dropped(fed: Web, tmp_path: Path) -> None:
    """What was overwritten lies in backups: with the key that sealed it gone, nobody reads it."""
    patient = await lived(fed)
    sealed = await fed.house.database.pool.fetchval("select sealed from person where patient = $1", patient)
    number = await erased(fed, patient)
    lay_ring(tmp_path / KEY_FILE, read_ring(tmp_path / KEY_FILE).with_new(NOW))
    vault = fed.house.people.vault
    vault._looked = 0
    await Reseal(fed.house.database, vault).run(lambda *_: None)
    lay_ring(tmp_path / KEY_FILE, read_ring(tmp_path / KEY_FILE).without(1))
    vault._looked = 0
    done = await fed.house.erasing.verify(number)
    assert done.found == {} and set(done.keys) & set(vault.ring.keys) == set()
    with pytest.raises(Exception, match="key 1"):
        vault.open(sealed, f"person|{patient}".encode())


def test_it_is_said_of_every_sealed_column_what_becomes_of_it() -> None:
    assert set(HOW) == {one.name for one in SEALED}


async def test_an_administrator_finds_erases_and_verifies_on_a_page(fed: Web) -> None:
    await lived(fed)
    admin, token = await signed_in(fed, "chief", Role.ADMIN)
    nobody = await admin.post("/admin/erasures/find", data={"csrf": token, "mrn": "NOBODY"})
    assert nobody.status_code == 404 and "Nobody is known" in nobody.text
    found = await admin.post("/admin/erasures/find", data={"csrf": token, "mrn": MRN})
    assert found.status_code == 200 and "C. C., …N7" in found.text, found.text
    assert "anarita" not in found.text and MRN not in found.text
    patient = found.text.split('name="patient" value="')[1].split('"')[0]
    said = {"csrf": token, "patient": patient, "reason": "ASKED", "asked_by": "PERSON"}
    assert (await admin.post("/admin/erasures", data=said)).status_code == 422
    assert (await admin.post("/admin/erasures", data={**said, "sure": "yes"})).status_code == 303
    assert "Asked for; it begins in a moment." in (await admin.get("/admin/erasures")).text
    assert await fed.house.erasing_work.step()
    page = await admin.get("/admin/erasures")
    assert "2 person records" in page.text and "still be opened with key 1" in page.text
    assert (await admin.post("/admin/erasures/1/verify", data={"csrf": token})).status_code == 303
    page = await admin.get("/admin/erasures")
    assert "chief asked for another look" in page.text and "it begins in a moment" in page.text and "Verify</button>" not in page.text
    assert await fed.house.erasing_work.step() and not await fed.house.erasing_work.step()
    page = await admin.get("/admin/erasures")
    assert "nothing was found" in page.text and "another look" not in page.text and "Verify</button>" in page.text
    again_found = await admin.post("/admin/erasures/find", data={"csrf": token, "mrn": MRN})
    assert again_found.status_code == 404
    trail = await fed.house.database.pool.fetch("select t::text as row from audit t")
    assert not [row for row in trail if b"canar" in row["row"].lower().encode()]
    assert any("person erased" in row["row"] for row in trail) and any("ErasePerson" in row["row"] for row in trail)


async def test_from_the_command_line_the_number_comes_by_standard_input(
    dsn: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"BEDFLOW_DATA_DIR": str(tmp_path), "DATABASE_URL": dsn, "REDIS_URL": redis_url}.items():
        monkeypatch.setenv(name, value)

    async def bedflow(*words: str, said: str = "") -> Any:
        return await asyncio.to_thread(CliRunner().invoke, app, list(words), input=said)

    unknown = await bedflow("erase", "--yes", said=f"{MRN}\n")
    assert unknown.exit_code == 1 and "Nobody is known" in str(unknown.exception)
    database = await Database.connect(dsn, "city-general", size=2)
    people = People(database, open_vault(tmp_path))
    await people.put([PersonDetails(people.pseudonym(MRN), "Canaria Canarita", MRN)], NOW)
    asked = await bedflow("erase", said=f"{MRN}\n")
    assert asked.exit_code == 1 and "--yes" in str(asked.exception) and "C. C., …N7, born unknown: 0 stays" in asked.output
    done = await bedflow("erase", "--yes", "--reason", "withdrawn", "--json", said=f"{MRN}\n")
    told = json.loads(done.stdout)
    assert done.exit_code == 0 and told["counts"]["persons"] == 1 and told["keys_left"] == [1], done.output
    looked = await bedflow("erase", "--verify", str(told["erasure"]))
    assert looked.exit_code == 0 and "nothing was found" in looked.stdout, looked.output
    (tmp_path / "notes.txt").write_text(f"{MRN} called")
    assert (await bedflow("erase", "--verify", str(told["erasure"]))).exit_code == 1
    trail = " ".join(row["row"] for row in await database.pool.fetch("select t::text as row from audit t"))
    assert told["proof"] in trail and "canar" not in trail.lower()
    await database.close()
