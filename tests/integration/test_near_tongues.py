"""The message that a turn is near is in the patient's language: as they chose on their own page, as the desk was told, as the feed says
(PID-15), else the clinic's first; in the house's own words where it wrote them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adt_feed.mapping import read
from adt_feed.message import Message
from flow.addressees import addressees
from flow.domain.ids import PatientId
from flow.domain.opd_near import holder
from flow.domain.opd_telling import OpdTelling
from flow.domain.patient_texts import PatientMessages
from flow.domain.roles import Role
from flow.errors import Misconfigured
from flow.history.people import People
from flow.history.tongues import Tongues
from flow.locale import words
from flow.plan_file import parse_plan
from flow.vault import open_vault
from flow.views.near_words import near_words
from tests.hospital_file import hospital_file
from tests.integration.test_api_pages import tap
from tests.integration.test_desk import NOW, open_house
from tests.integration.test_opd_near import Hall
from tests.integration.test_opd_slip import own
from tests.integration.test_signin import signed_in
from tests.integration.web_house import Web, web
from tests.plans import small_plan

__all__ = ["web"]
HI, TA = "टोकन", "டோக்கன்"


@pytest.fixture
async def hall(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Hall]:
    async with AsyncExitStack() as stack:
        yield Hall(await open_house(stack, dsn, redis_url, tmp_path), tmp_path)


def speaks(hall: Hall, *languages: str, **texts: object) -> None:
    """The clinic's languages, and the house's texts."""
    told = replace(hall.core.desk.plan, opd_telling=OpdTelling(languages=languages), patient_messages=PatientMessages(**texts))  # type: ignore[arg-type]
    hall.core.desk.plan = told


async def written(hall: Hall, patient: str | None = None) -> str:
    """What somebody whose turn is near is written."""
    await hall.agrees(await hall.token(patient=patient))
    before = len(hall.sent)
    await hall.round()
    assert len(hall.sent) == before + 1
    return hall.sent[-1][1]


async def test_of_whom_nothing_is_known_the_clinics_first_language_counts(hall: Hall) -> None:
    speaks(hall, "ta", "en")
    assert (await written(hall)).startswith(f"Test Hospital: {TA} E-001,")


async def test_the_feeds_word_counts_before_the_clinics(hall: Hall, tmp_path: Path) -> None:
    """PID-15, by code or name; one that we have no words in says nothing; a letter without it takes nothing back."""
    people = People(hall.core.database, open_vault(tmp_path))
    said = {"M1": "hin^Hindi^HL70296", "M2": "^Tamil", "M3": "fr"}
    for mrn, field in said.items():
        for lang in (field, ""):
            pid = f"PID|1||{mrn}^^^H^MR||Rao^Meera||19800210|F|||||||{lang}"
            letter = f"MSH|^~\\&|HIS|H|BF|H|20261121100000||ADT^A04|C{mrn}{len(lang)}|P|2.5\rEVN|A04|20261121100000\r{pid}\rPV1|1|O"
            found = read(Message.parse(letter.encode()), small_plan().feeds[0], people.pseudonym, NOW, small_plan().bed_at)
            await people.put(found.people, NOW)
    texts = [await written(hall, people.pseudonym(mrn)) for mrn in said]
    assert [HI in texts[0], TA in texts[1], texts[2].startswith("Test Hospital: token E-003")] == [True, True, True]
    known = await people.get(map(people.pseudonym, said))
    assert {person.lang for person in known.values()} == {""}, "it lies beside the details"


async def test_who_chose_for_themselves_is_not_told_otherwise_by_a_feed(hall: Hall, tmp_path: Path) -> None:
    tongues, people = Tongues(hall.core.database), People(hall.core.database, open_vault(tmp_path))
    patient = people.pseudonym("M1")
    await tongues.choose(patient, "ta", NOW)
    pid = "PID|1||M1^^^H^MR||Rao^Meera||19800210|F|||||||hi"
    letter = f"MSH|^~\\&|HIS|H|BF|H|20261121100000||ADT^A04|C1|P|2.5\rEVN|A04|20261121100000\r{pid}\rPV1|1|O"
    found = read(Message.parse(letter.encode()), small_plan().feeds[0], people.pseudonym, NOW, small_plan().bed_at)
    await people.put(found.people, NOW)
    assert TA in await written(hall, patient)


async def test_the_houses_own_words_count_in_their_language(hall: Hall) -> None:
    speaks(hall, "hi", near="{hospital} calls {token}", near_in={"hi": "{token} आइए"})
    assert await written(hall) == "E-001 आइए"
    speaks(hall, "ta", near="{hospital} calls {token}", near_in={"hi": "{token} आइए"})
    assert await written(hall) == "Test Hospital calls E-002", "where it wrote none, as it wrote at all"


async def test_a_choice_for_a_token_goes_with_the_day_and_a_patients_stays(hall: Hall) -> None:
    tongues, walked_in = Tongues(hall.core.database), holder(await hall.token())
    for who in (walked_in, PatientId("p1")):
        await tongues.choose(who, "hi", hall.core.clock.now())
    hall.core.clock.advance(timedelta(days=1))
    await hall.nearing.tell()
    assert await tongues.of([walked_in, PatientId("p1")]) == {"p1": "hi"}


async def test_own_page_and_desk_say_in_which_language(web: Web) -> None:
    opd = await signed_in(web, "clinic", Role.OPD)
    await tap(opd, "/opd/ENT", "/opd/ENT/tokens", group="ordinary")
    (token,) = web.house.desk.hospital.tokens.values()
    slip, tell = f"/opd/ENT/tokens/{token.id}/slip", f"/opd/ENT/tokens/{token.id}/tell"
    somebody, path = await own(web, (await opd.get(slip)).text)

    async def known() -> dict[PatientId, str]:
        return await web.house.hall.tongues.of([holder(token)])

    await somebody.get(f"{path}?lang=ta")
    assert await known() == {}, "this house writes to nobody"
    web.house.settings = replace(web.house.settings, notify=addressees("patients=json://gateway/{phone}"))
    await somebody.get(path, headers={"accept-language": "ta"})
    await somebody.get(f"{path}?lang=xx")
    await somebody.get(f"{path}?lang=ta", headers={"sec-fetch-mode": "cors"})
    assert await known() == {}, "what a browser or the page itself asks for is nobody's choice"
    assert (await somebody.get(f"{path}?lang=ta")).status_code == 200
    assert await known() == {holder(token): "ta"}
    assert '<option value="ta" lang="ta" selected>' in (await opd.get(slip)).text
    assert (await tap(opd, slip, tell, phone="+91 98450-12345", lang="hi")).status_code == 303
    assert await known() == {holder(token): "hi"}
    assert (await tap(opd, slip, tell, phone="+91 98450-12345", lang="xx")).status_code == 422
    manager = await web.as_role(Role.MANAGER)
    page = (await manager.get("/escalations")).text
    assert "token E-042, your turn is near" in page and f"{HI} E-042" in page and f"{TA} E-042" in page


def test_the_file_may_word_it_in_each_language() -> None:
    file = hospital_file({"4B": {"A": 1}})
    texts = parse_plan(f'{file}\n[patient_messages.near_in]\nhi = " {{token}} आइए "\n', "x").patient_messages
    assert near_words(texts, words("hi"), "City", "E-001") == "E-001 आइए"
    assert near_words(PatientMessages(near="{token}!"), words("en"), "City", "E-001") == "E-001!"
    for wrong, said in (('hi = "{name}"', "cannot be filled in"), ('fr = "{token}"', "no words in 'fr'"), ('hi = ""', "near_in")):
        with pytest.raises(Misconfigured, match=said):
            parse_plan(f"{file}\n[patient_messages.near_in]\n{wrong}\n", "x")
