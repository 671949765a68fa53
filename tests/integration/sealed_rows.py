"""A hospital in which every sealed table has rows, each laid down by the room that keeps it; and everything opened again."""

from datetime import UTC, date, datetime

from adt_feed.letter import Letter
from flow.clock import FixedClock
from flow.domain.abdm import Profile
from flow.domain.bed import OutOfUse
from flow.domain.ids import BedId, PatientId, WardId
from flow.domain.opening import REASONS
from flow.domain.outgoing import Batch, Posted
from flow.domain.person import Guard, PersonDetails
from flow.domain.totp import code_at, step_of
from flow.history import snapshot
from flow.history.bundle import ask, carry_out
from flow.history.clean_problems import Problem, Problems
from flow.history.contacts import Contacts
from flow.history.factors import Factors
from flow.history.hospital_files import HospitalFiles
from flow.history.inbox import Inbox
from flow.history.openings import Openings
from flow.history.outbox import Outbox
from flow.history.people import People
from flow.history.pool import Database
from flow.history.pushes import Pushes
from flow.history.reveals import Reveals
from flow.history.sealed import SEALED
from flow.history.sessions import Replies, Reply
from flow.history.shares import Shares
from flow.history.snapshot import Snapshot
from flow.vault import Vault
from flow.web_push import Subscription
from tests.drawn_pictures import JPEG

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PHOTO = JPEG
SECRET = b"s" * 20


def letter(number: int, body: bytes = b"") -> Letter:
    """One that came in."""
    return Letter("his", body or b"MSH|%d" % number, f"c{number}", "SIM|FAC", "A01", NOW)


async def lay_letters(database: Database, vault: Vault, *letters: Letter) -> None:
    """Into the journal, as the desk would; nobody has handled them."""
    inbox = Inbox(database, vault)
    await inbox.keep(letters)
    async with database.write() as connection:
        batch = inbox.taken(1000, *await ask(connection, *inbox.taking(1000)))
        batch.tell(*await ask(connection, *inbox.asking(batch)))
        await carry_out(connection, await inbox.settling(batch, [], NOW))


def person(number: int) -> PersonDetails:
    """Somebody with an ABHA number."""
    patient = PatientId(f"p{number:04}")
    return PersonDetails(patient, f"Name {number}", f"MRN{number}", date(1980, 1, 1), "F", (("ABHA", f"00{number:012}"),))


async def fill(database: Database, vault: Vault, persons: int = 3) -> None:
    """A row or more in every sealed table."""
    await People(database, vault).put([person(number) for number in range(persons)], NOW)
    await People(database, vault).put([PersonDetails(PatientId("p0001"), guards=((Guard.VIP, True),))], NOW)
    await lay_letters(database, vault, *map(letter, range(persons)))
    await Inbox(database, vault).keep([letter(900)])
    await Outbox(database, vault, FixedClock(NOW), "lab").post(Batch([Posted("A01", "k1", b"letter out")]))
    await Replies(database, vault).keep("asha", "key", Reply(b"d", 200, b"answer"), NOW)
    await Contacts(database, vault).consent(PatientId("p0001"), "+91 98765 43210", "asha", NOW)
    await Shares(database, vault).keep("r1", Profile("counter", "name@abdm", name="Shared"), NOW)
    await Pushes(database, vault).subscribe("phone", Subscription("https://push.example/x", b"p" * 65, b"a" * 16), NOW)
    await database.pool.execute(
        "insert into account (hospital, id, name, role, password, created_at) values ($1, 'asha', 'Asha', 'admin', '', now())",
        database.hospital,
    )
    await Factors(database, vault).confirm("asha", SECRET, code_at(SECRET, step_of(NOW)), NOW)
    openings = Openings(database, vault)
    opened = await openings.begin("seat", ("farah", "manager"), WardId("W"), (REASONS[0], "on call"), NOW)
    await openings.review(opened.id, "lakshmi", "as it should be", opened.until)
    reveals = Reveals(database, vault)
    letter_opened = await reveals.note(1, "root", (REASONS[0], "the family asked"), NOW)
    await reveals.review(letter_opened, "lakshmi", "as it should be", NOW)
    await HospitalFiles(database, vault).keep("[hospital]", 0, NOW)
    async with database.write() as connection:
        await snapshot.write(connection, vault, database.hospital, Snapshot(7, ['{"seq": 7}']))
    problems = Problems(database, vault)
    await problems.report(Problem("x1", BedId("B"), WardId("W"), None, OutOfUse.REPAIR, "phone", NOW))
    await problems.add_photo("x1", "phone", PHOTO)


async def opened(database: Database, vault: Vault) -> dict[str, list[bytes]]:
    """Every sealed value, by column. Raises Tampered for one that does not open."""
    found = {}
    for one in SEALED:
        columns = ", ".join(dict.fromkeys((*one.key, one.column, *one.beside)))
        rows = await database.pool.fetch(
            f"select {columns} from {one.table} where hospital = $1 and {one.column} is not null order by {', '.join(one.key)}",
            database.hospital,
        )
        found[one.name] = [vault.open(row[one.column], one.aad(database.hospital, dict(row))) for row in rows if row[one.column]]
    return found
