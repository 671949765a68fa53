"""What is sent out, on the engineer's screen: queues, dead letters sent again or dropped, proposed beds mapped or dismissed."""

import re
from collections.abc import Iterable
from datetime import timedelta

from flow.domain.roles import Role
from tests.integration.feed_house import Came, fed, send, signed_in
from tests.integration.test_desk import NOW
from tests.integration.web_house import Web

__all__ = ["fed"]


async def lay(web: Web, letters: Iterable[tuple[str, str]]) -> None:
    """Letters out by key and state."""
    async with web.core.database.write() as connection:
        for key, state in letters:
            await connection.execute(
                "insert into outbox (hospital, feed, posted_at, kind, key, subject, body, due_at, state, attempts, code, reason)"
                " values ('test', 'his', $1, 'A20', $2, $3, '\\x00', $1, $4, 5, 'AR', 'wrong bed')",
                NOW,
                key,
                f"about {key}",
                state,
            )


async def test_a_dead_letter_is_sent_again_or_dropped(fed: Web) -> None:
    await lay(fed, [("k1", "dead"), ("k2", "dead"), ("k3", "waiting"), ("k4", "sent")])
    admin, token = await signed_in(fed, "root", Role.ADMIN)
    auditor, other = await signed_in(fed, "aud", Role.AUDITOR)
    page = (await admin.get("/integration/outbound")).text
    assert "about k1" in page and "wrong bed" in page and "about k3" not in page
    assert "about k3" in (await admin.get("/integration/outbound?show=waiting")).text
    sends, drops = re.findall(r"/integration/outbound/(\d+)/send", page)[::2], re.findall(r"/integration/outbound/(\d+)/drop", page)
    assert len(sends) == 1 and len(drops) == 2
    assert (await auditor.post(f"/integration/outbound/{drops[0]}/drop", data={"csrf": other})).status_code == 403
    assert "/drop" not in (await auditor.get("/integration/outbound")).text
    assert (await admin.post(f"/integration/outbound/{drops[0]}/send", data={"csrf": token})).status_code == 303
    assert (await admin.post(f"/integration/outbound/{drops[1]}/drop", data={"csrf": token})).status_code == 303
    assert (await admin.post(f"/integration/outbound/{drops[1]}/drop", data={"csrf": token})).status_code == 409
    assert (await admin.post("/integration/outbound/x/drop", data={"csrf": token})).status_code == 404
    board = re.sub(r"\s+", " ", (await admin.get("/integration/outbound/board")).text)
    counted = dict(re.findall(r'data-state="(\w+)">\w+</span></td><td class="number">(\d+)', board))
    assert counted == {"waiting": "2", "dropped": "1", "sent": "1"}


def master(number: int, place: str) -> Came:
    """An MFN^M05: another system's location master names a bed."""
    at = NOW + timedelta(minutes=number)
    text = f"MSH|^~\\&|HIS|H|BF|H|{at:%Y%m%d%H%M%S}+0000||MFN^M05|L{number}|P|2.5\rMFI|LOC||UPD\rMFE|MAD|||{place}|PL\rLOC|{place}|Bed|B"
    return Came(text.encode(), f"L{number}", "M05", at)


async def test_proposed_beds_are_mapped_or_dismissed(fed: Web) -> None:
    await send(fed, master(1, "9Z^Q^1"), master(2, "9Z^Q^2"), master(3, "9Z^Q^3"))
    admin, token = await signed_in(fed, "root", Role.ADMIN)
    page = (await admin.get("/integration/outbound")).text
    assert "propose · 3" in page
    numbers = sorted(fed.house.desk.hospital.proposals)
    assert (await admin.post("/integration/proposals", data={"csrf": token, "proposal": numbers[0], "bed": "4B-A-02"})).status_code == 303
    assert (await admin.post("/integration/proposals", data={"csrf": token, "proposal": numbers[1]})).status_code == 303
    assert (await admin.post("/integration/proposals", data={"csrf": token, "proposal": numbers[1]})).status_code == 409
    hospital = fed.house.desk.hospital
    assert (hospital.bed_at("9Z^Q^1"), hospital.bed_at("9Z^Q^2")) == ("4B-A-02", None)
    assert [key for key in numbers if not hospital.proposals[key].settled] == numbers[2:]
    said = {"csrf": token, "kind": "places", "feed": "his", "word": "9Z^Q^3", "meaning": "4B-A-03"}
    assert (await admin.post("/integration/tray/meaning", data=said)).status_code == 303
    assert "propose · 0" in (await admin.get("/integration/outbound")).text, "a place that is mapped is no proposal any more"


def booked(number: int, clinic: str) -> Came:
    """An SIU^S12: an appointment at a clinic."""
    at = NOW + timedelta(minutes=number)
    stamp = f"{at:%Y%m%d%H%M%S}+0000"
    text = (
        f"MSH|^~\\&|HIS|H|BF|H|{stamp}||SIU^S12|S{number}|P|2.5\rSCH|A{number}||||||||||^^^{stamp}\r"
        f"PID|1||CANARYS{number}^^^H^MR||Canarita^Canaria||19800101|F\rAIL|1||{clinic}"
    )
    return Came(text.encode(), f"S{number}", "S12", at)


async def test_a_clinics_word_is_given_a_meaning(fed: Web) -> None:
    await send(fed, booked(1, "HNO"))
    admin, token = await signed_in(fed, "root", Role.ADMIN)
    tray = (await admin.get("/integration/tray")).text
    assert "HNO" in tray and "clinic not known" in tray
    said = {"csrf": token, "kind": "clinics", "feed": "his", "word": "HNO", "meaning": "ENT"}
    mapped = await admin.post("/integration/tray/meaning", data=said)
    assert mapped.headers["location"].endswith("of=1")
