"""The one table of names and MRNs, sealed by the vault; everything else in the house knows a person by pseudonym. What language a letter
says they speak goes beside it (`tongues`), and so does who looks after them (`practitioners`)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

import msgspec

from flow.domain.abdm import abha_digits
from flow.domain.ids import PatientId
from flow.domain.person import WITHHELD, Guard, PersonDetails
from flow.history.bundle import Part, carry_out
from flow.history.pool import Connection, Database
from flow.history.practitioners import telling
from flow.history.queries import load
from flow.locale import tongue_of
from flow.vault import Vault
from flow.witness import saw

_SQL = load("people")
_HEAR = load("tongues")["hear"]
UNKNOWN = {"M": "male", "F": "female", "U": "person"}
_DECODER = msgspec.json.Decoder(PersonDetails)
_GUARDS = msgspec.json.Decoder(tuple[Guard, ...])


def as_known(person: PersonDetails) -> PersonDetails:
    """All that is known: for what names nobody to anybody."""
    return person


Erased = Callable[[PatientId], bool]
"""Whether the person of a pseudonym was erased."""


def pseudonym(vault: Vault, mrn: str, authority: str = "", life: int = 0) -> PatientId:
    """The id an MRN goes by everywhere but here: keyed, so that nobody without the key can try MRNs. `life` counts the persons of this
    number who were erased before."""
    return PatientId(vault.blind(f"mrn {life}" if life else "mrn", f"{authority.casefold()}|{mrn.strip()}"))


class People:
    """Names by pseudonym."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database = database
        self.vault = vault
        self.hospital = database.hospital
        self.erased: Erased = lambda _: False
        self.guards_changed = False
        """A name is withheld now that was not, or no longer: screens that show it are to be drawn anew (`flow.main.withholding`)."""
        self._told: list[Callable[[], None]] = []

    def on_guards(self, told: Callable[[], None]) -> None:
        """Call when details were written down by themselves; what the desk writes is told by its own commit."""
        self._told.append(told)

    def pseudonym(self, mrn: str, authority: str = "") -> PatientId:
        """Of whoever goes by this number now."""
        return self.known_as(self.erased, mrn, authority)

    def known_as(self, erased: Erased, mrn: str, authority: str = "") -> PatientId:
        """The same by another word on who was erased: the desk's, under its lock."""
        patient, life = pseudonym(self.vault, mrn, authority), 0
        while erased(patient):
            life += 1
            patient = pseudonym(self.vault, mrn, authority, life)
        return patient

    async def put(self, details: Iterable[PersonDetails], at: datetime, connection: Connection | None = None) -> None:
        """Write details down. Empty fields keep what is known (HL7.md rule 5)."""
        if connection is None:
            async with self.database.write() as own:
                await self.put(details, at, own)
                changed = self.guards_changed
            self.guards_changed |= changed  # the desk may have told of it before it stood there
            for told in self._told:
                told()
            return
        await carry_out(connection, await self.putting(details, at, connection))
        return

    async def putting(self, details: Iterable[PersonDetails], at: datetime, connection: Connection) -> list[Part]:
        """What writes details down."""
        latest: dict[PatientId, PersonDetails] = {}
        told = list(details)
        for person in told:
            latest[person.patient] = _merged(latest.get(person.patient), person)
        asked = {each for p in latest.values() if not _complete(p) for each in (p.patient, p.once) if each is not None}
        known = await self._get(connection, list(asked))
        whole = {key: _merged(known.get(key), _heir(known, person)) for key, person in latest.items()}
        parts: list[Part] = []
        if whole:
            bare = [replace(each, lang="", guards=(), once=None, doctors=()) for each in whole.values()]
            sealed = [self.vault.seal(msgspec.json.encode(each), _aad(each.patient)) for each in bare]
            guards = [self._guards(known.get(key), each) for key, each in whole.items()]
            parts.append((_SQL["put"], (self.hospital, at, list(whole), sealed, guards)))
        if spoken := {key: lang for key, person in whole.items() if person.lang and (lang := tongue_of(person.lang))}:
            parts.append((_HEAR, (self.hospital, at, list(spoken), list(spoken.values()))))
        if numbers := {self.vault.index("abha", each): person.patient for person in whole.values() if person.mrn for each in _abha(person)}:
            keys, digests = zip(*numbers, strict=True)
            parts.append((_SQL["note_abha"], (self.hospital, list(digests), list(numbers.values()), list(keys))))
        return [*parts, *telling(self.hospital, (doctors for person in told for doctors in person.doctors), at)]

    def _guards(self, known: PersonDetails | None, now: PersonDetails) -> bytes | None:
        """Who asks for the name to be withheld, sealed; None where that is as it was."""
        before, after = set(known.guarded_by if known is not None else ()), set(now.guarded_by)
        if before == after:
            return None
        self.guards_changed = True
        return self.vault.seal(msgspec.json.encode(sorted(after)), _guards_aad(now.patient))

    async def get(
        self, patients: Iterable[PatientId], see: Callable[[PersonDetails], PersonDetails] = as_known
    ) -> dict[PatientId, PersonDetails]:
        """Details by pseudonym; the unknown are left out. `see` is how whoever asks may know a person: a name that it withholds was not
        opened; one that was, and is withheld from others, is told of by itself."""
        async with self.database.read() as connection:
            found = await self._get(connection, list(patients))
        shown = {key: see(person) for key, person in found.items()}
        opened = [key for key, person in shown.items() if person.name != WITHHELD]
        saw(opened, guarded=[key for key in opened if found[key].withheld])
        return shown

    async def _get(self, connection: Connection, patients: list[PatientId]) -> dict[PatientId, PersonDetails]:
        if not patients:
            return {}
        rows = await connection.fetch(_SQL["get"], self.hospital, patients)
        return {row["patient"]: self._opened(row["patient"], row["sealed"], row["guards"]) for row in rows}

    def _opened(self, patient: PatientId, sealed: bytes, guards: bytes | None) -> PersonDetails:
        found = _DECODER.decode(self.vault.open(sealed, _aad(patient)))
        if guards is None:
            return found
        standing = _GUARDS.decode(self.vault.open(guards, _guards_aad(patient)))
        return replace(found, guards=tuple((guard, True) for guard in standing))

    async def name_unknown(self, sex: str, at: datetime) -> PersonDetails:
        """Write down somebody whom nobody knows: "Unknown male 3", under a number of the hospital's own until they are identified."""
        async with self.database.write() as connection:
            number = await connection.fetchval(_SQL["next_unknown"], self.hospital, sex)
            mrn = f"UNKNOWN-{sex}-{number}"
            person = PersonDetails(self.pseudonym(mrn), f"Unknown {UNKNOWN[sex]} {number}", mrn, sex=sex)
            await self.put([person], at, connection)
        return person

    async def find_mrn(self, mrn: str, authority: str = "") -> PatientId | None:
        """The pseudonym of an MRN we have met."""
        patient = self.pseudonym(mrn, authority)
        return patient if await self.get([patient]) else None

    async def find_abha(self, number: str) -> PatientId:
        """The patient who is known by an ABHA number; else the pseudonym of the number itself."""
        async with self.database.read() as connection:
            known = await connection.fetchval(_SQL["known_by_abha"], self.hospital, self.vault.indices("abha", number))
        return PatientId(known) if known is not None else self.pseudonym(number, "ABHA")

    async def index_anew(self, connection: Connection, persons: Iterable[PersonDetails]) -> None:
        """Have these persons found by the newest key's digests, and by no other's; whom an older digest names instead keeps the number."""
        for person in persons:
            for number in _abha(person) if person.mrn else ():
                key, digest = self.vault.index("abha", number)
                older = [each for each in self.vault.indices("abha", number) if each != digest]
                await connection.execute(_SQL["index_anew"], self.hospital, digest, person.patient, key, older)


def detailed(plain: bytes) -> PersonDetails:
    """A person as the table has them, opened."""
    return _DECODER.decode(plain)


def _abha(person: PersonDetails) -> list[str]:
    """A person's ABHA numbers."""
    digits = [abha_digits(value) for kind, value in person.identifiers if kind == "ABHA"]
    return [number for number in digits if number]


def _aad(patient: str) -> bytes:
    return f"person|{patient}".encode()


def _guards_aad(patient: str) -> bytes:
    return f"guards|{patient}".encode()


def _complete(person: PersonDetails) -> bool:
    """Nothing of what is known of them is needed to write them down."""
    return bool(person.name and person.mrn and person.birth_date and person.sex and not person.guards and person.once is None)


def _heir(known: Mapping[PatientId, PersonDetails], person: PersonDetails) -> PersonDetails:
    """A merge takes nobody's guard away: who was withheld under the number that is given up is so under the one that stays."""
    before = known.get(person.once) if person.once is not None else None
    return replace(person, guards=tuple((dict(before.guards) | dict(person.guards)).items())) if before is not None else person


def _merged(known: PersonDetails | None, new: PersonDetails) -> PersonDetails:
    if known is None:
        return new
    return replace(
        new,
        name=new.name or known.name,
        mrn=new.mrn or known.mrn,
        birth_date=new.birth_date or known.birth_date,
        sex=new.sex or known.sex,
        identifiers=new.identifiers or known.identifiers,
        lang=new.lang or known.lang,
        guards=tuple((dict(known.guards) | dict(new.guards)).items()),
        once=new.once or known.once,
    )
