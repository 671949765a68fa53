"""The exceptions tray over the API: letters are listed without a body, shown masked, and sent in again."""

from dataclasses import dataclass
from datetime import datetime

from flow.domain.roles import Role
from tests.integration.test_desk import NOW
from tests.integration.web_house import Web, web

__all__ = ["web"]


@dataclass(frozen=True)
class Came:
    """A letter as the listener hands it over."""

    control_id: str
    raw: bytes
    problem: str = ""
    feed: str = "his"
    sender: str = "HIS"
    trigger: str = "A01"
    received_at: datetime = NOW


def letter(number: int, problem: str = "") -> Came:
    text = f"MSH|^~\\&|HIS|H|BF|H|20261121||ADT^A01|C{number}|P|2.5\rPID|1||CANARY-{number}||Canary^Name\rPV1|1|I|9Z^Q^9"
    return Came(f"C{number}", text.encode(), problem)


async def lies(web: Web, *letters: Came) -> None:
    """Letters in the journal, of which nobody has told the desk."""
    async with web.core.database.write() as connection:
        await web.house.inbox.lay(connection, letters)


async def test_letters_are_listed_shown_masked_and_replayed(web: Web) -> None:
    await lies(web, *[letter(n, "No MSH" if n < 3 else "") for n in range(5)])
    await lies(web, letter(4))
    admin, auditor, manager = await web.as_role(Role.ADMIN), await web.as_role(Role.AUDITOR), await web.as_role(Role.MANAGER)
    parked = (await admin.get("/api/v1/hl7/letters?state=parked&limit=2")).json()
    rest = (await admin.get(f"/api/v1/hl7/letters?state=parked&cursor={parked['next']}")).json()
    assert {item["control_id"] for item in parked["items"] + rest["items"]} >= {"C0", "C1", "C2"}
    assert [item["state"] for item in (await admin.get("/api/v1/hl7/letters?state=duplicate")).json()["items"]] == ["duplicate"]
    path = f"/api/v1/hl7/letters/{parked['items'][-1]['id']}"
    shown = await auditor.get(path)
    assert "9Z^Q^9" in shown.json()["masked"] and "canary" not in shown.text.lower()
    assert (await auditor.post(f"{path}/replay")).status_code == 403
    assert (await manager.get(path)).status_code == 403
    replayed = await admin.post(f"{path}/replay")
    assert (replayed.status_code, replayed.json()["state"] in ("received", "parked", "handled")) == (200, True)
    feeds = (await admin.get("/api/v1/hl7/feeds")).json()
    assert (feeds["items"][0]["id"], feeds["letters"]["duplicate"]) == ("his", 1)


async def test_only_a_parked_letter_is_replayed(web: Web) -> None:
    await lies(web, letter(1))
    await lies(web, letter(1))
    admin = await web.as_role(Role.ADMIN)
    (again,) = (await admin.get("/api/v1/hl7/letters?state=duplicate")).json()["items"]
    refused = await admin.post(f"/api/v1/hl7/letters/{again['id']}/replay")
    assert (refused.status_code, refused.json()["code"]) == (409, "not-parked")
    assert (await admin.post("/api/v1/hl7/letters/999/replay")).json()["code"] == "unknown-letter"
    assert (await admin.get("/api/v1/hl7/letters?state=lost")).status_code == 400
