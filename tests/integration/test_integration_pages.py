"""The integration engineer's pages on real stores: letters found and read, persons masked until opened with a reason, the tray's words
mapped so that letters and visits go in by themselves, conflicts settled by one click."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import structlog

from flow.desk.letters import Reading
from flow.domain.hospital import Hospital
from flow.domain.roles import Role
from flow.history.inbox import Letter
from tests.integration.feed_house import Came, bed_report, fed, send, settled, signed_in, stay
from tests.integration.test_desk import NOW
from tests.integration.web_house import Web

__all__ = ["fed"]
CANARY = re.compile("canar", re.IGNORECASE)


async def test_letters_are_found_by_what_is_known_of_them(fed: Web) -> None:
    await send(fed, stay(1, "4B^A^1"), stay(2, "4B^A^2"), stay(3, "4B^A^1", "A03", visit="V1", minute=9))
    admin, _ = await signed_in(fed, "root", Role.ADMIN)
    for query, found in (("control_id=C2", {"C2"}), ("visit=V1", {"C1", "C3"}), ("trigger=a03", {"C3"}), ("state=parked", set())):
        page = await admin.get(f"/integration/letters?{query}")
        assert page.status_code == 200
        assert set(re.findall(r"<td>(C\d)</td>", page.text)) == found, query
        assert not CANARY.search(page.text)
    early = (await admin.get("/integration/letters?until=2026-11-21T14:35")).text
    assert set(re.findall(r"<td>(C\d)</td>", early)) == {"C1", "C2"}, "09:05 UTC is 14:35 in Kolkata"
    assert (await admin.get("/integration/letters?since=soon")).status_code == 422


async def test_a_reason_leads_to_its_letters(fed: Web) -> None:
    await send(fed, stay(1, "4B^A^1"), bed_report(2, "9Z^Q^9", "H"), stay(3, "4B^A^2", "A99"))
    admin, _ = await signed_in(fed, "root", Role.ADMIN)
    for path, leads in (("/integration/board", "place not known, 24 h"), ("/integration/tray", "all")):
        page = (await admin.get(path)).text
        (link,) = re.findall(f'href="([^"]*code=unknown-place)">{leads}<', page)
        found = (await admin.get(link.replace("&amp;", "&"))).text
        assert re.findall(r"<td>([BC]\d)</td>", found) == ["B2"], path
        assert 'value="parked" selected' in found and 'value="unknown-place" selected' in found


async def test_a_letter_that_is_no_hl7_is_seen_as_it_came_by_who_opens_it(fed: Web) -> None:
    await send(fed, stay(1, "4B^A^1"), Came(b"Canarita lies in 4B\rbed 1", "", "", NOW, problem="no usable MSH segment"))
    admin, token = await signed_in(fed, "root", Role.ADMIN)
    masked = (await admin.get("/integration/letters/2")).text
    assert not CANARY.search(masked) and "break-glass" in masked
    said = {"csrf": token, "reason": "answer the sender"}
    assert "Canarita lies in 4B\nbed 1" in (await admin.post("/integration/letters/2/reveal", data=said)).text


async def test_one_letter_is_told_by_its_names_and_masked(fed: Web) -> None:
    await send(fed, stay(1, "4B^A^1"))
    auditor, _ = await signed_in(fed, "aud", Role.AUDITOR)
    page = (await auditor.get("/integration/letters/1")).text
    assert not CANARY.search(page)
    assert "Patient Identification" in page and "PID-5" in page
    assert "Admit visit V1 to 4B^A^1 = bed 4B-A-01" in page
    assert "bed 4B-A-01</a>" in page and "visit V1</a>" in page, "the events it caused"
    assert "break-glass" not in page
    assert (await auditor.get("/integration/letters/999")).status_code == 404
    assert (await auditor.get("/integration/letters/x")).status_code == 404


async def test_a_letter_is_opened_for_a_reason_that_stays_on_record(fed: Web) -> None:
    await send(fed, stay(1, "4B^A^1"))
    admin, token = await signed_in(fed, "root", Role.ADMIN)
    auditor, other = await signed_in(fed, "aud", Role.AUDITOR)
    reason = "look into an incident"
    assert (await admin.post("/integration/letters/1/reveal", data={"csrf": token})).status_code == 422
    refused = await auditor.post("/integration/letters/1/reveal", data={"csrf": other, "reason": reason})
    assert refused.status_code == 403 and not CANARY.search(refused.text)
    with structlog.testing.capture_logs() as said:
        opened = await admin.post("/integration/letters/1/reveal", data={"csrf": token, "reason": reason, "note": "call of Canaria"})
    assert opened.status_code == 200 and "Canaria" in opened.text and "CANARYMRN1" in opened.text
    assert opened.headers["cache-control"] == "no-store"
    assert [(line["actor"], line["reason"]) for line in said if line["event"] == "letter.revealed"] == [("root", reason)]
    assert not CANARY.search(str(said)), "what is typed may name somebody"
    record = (await auditor.get("/openings?new=yes")).text
    assert "root" in record and reason in record and "call of Canaria" in record and 'href="/integration/letters/1"' in record
    assert (await auditor.get("/integration/reveals")).status_code == 404
    rows = await fed.house.database.pool.fetch("select r::text || coalesce(v::text, '') as row from reveal r join reveal_review v on true")
    assert len(rows) == 1 and not CANARY.search(rows[0]["row"]), "words are sealed"
    assert "Canarita" not in (await admin.get("/integration/letters/1")).text, "the masked view comes back"


async def test_a_letter_whose_text_is_gone_says_since_when_and_is_not_sent_in_again(fed: Web) -> None:
    await send(fed, stay(1, "4B^A^1"), stay(2, "4B^A^2", "A99"))
    async with fed.house.database.write() as connection:
        await connection.execute("update letter set body = null, gone = 'retained-out', gone_at = $1", NOW)
    admin, token = await signed_in(fed, "root", Role.ADMIN)
    said = "Text no longer kept since 21 Nov 2026: its time was over."
    for path in ("/integration/letters", "/integration/letters/1", "/integration/letters/2"):
        assert said in (await admin.get(path)).text, path
    one = (await admin.get("/integration/letters/1")).text
    assert "C1" in one and "visit V1</a>" in one and "break-glass" not in one
    assert "A99" not in (await admin.get("/integration/tray")).text, "nobody can do anything about it"
    refused = await admin.post("/integration/letters/2/replay", data={"csrf": token})
    assert refused.status_code == 409 and "no longer kept" in refused.text
    told = (await admin.get("/api/v1/hl7/letters/1")).json()
    assert (told["gone"], told["control_id"], told["masked"]) == ("retained-out", "C1", "")


async def test_an_unknown_place_is_mapped_and_the_patient_lies_in_the_bed(fed: Web) -> None:
    await send(fed, stay(1, "9Z^Q^9"), bed_report(2, "9Z^Q^9", "H"), bed_report(3, "8Y^P^8", "H"))
    admin, token = await signed_in(fed, "root", Role.ADMIN)
    tray = (await admin.get("/integration/tray")).text
    assert tray.count('value="9Z^Q^9"') == 1 and "place not known" in tray and ">V1</a>" in tray
    said = {"csrf": token, "kind": "places", "feed": "his", "word": "9Z^Q^9", "meaning": "4B-A-03"}
    mapped = await admin.post("/integration/tray/meaning", data=said)
    assert mapped.status_code == 303
    assert fed.house.desk.hospital.beds["4B-A-03"].visit == "V1"  # type: ignore[index]
    await settled(fed)
    after = await admin.get(mapped.headers["location"])
    assert "1 of 1 handled" in re.sub(r"\s+", " ", after.text)
    assert 'value="9Z^Q^9"' not in after.text and 'value="8Y^P^8"' in after.text, "the other place still waits"
    for back, heading in (("", "Exceptions tray"), ("feed", "How its messages are read")):
        refused = await admin.post("/integration/tray/meaning", data={**said, "meaning": "nowhere", "back": back})
        assert refused.status_code == 404 and "There is no bed nowhere." in refused.text and heading in refused.text


async def test_a_status_word_is_given_a_meaning(fed: Web) -> None:
    await send(fed, bed_report(1, "4B^B^1", "SCHMUTZIG"), bed_report(2, "4B^B^2", "SCHMUTZIG"))
    admin, token = await signed_in(fed, "root", Role.ADMIN)
    assert "SCHMUTZIG" in (await admin.get("/integration/tray")).text
    said = {"csrf": token, "kind": "statuses", "feed": "his", "word": "SCHMUTZIG", "meaning": "H"}
    assert (await admin.post("/integration/tray/meaning", data=said)).status_code == 303
    await settled(fed)
    beds = fed.house.desk.hospital.beds
    assert {beds[bed].status for bed in ("4B-B-01", "4B-B-02")} == {"cleaning"}  # type: ignore[index]
    rules = (await admin.get("/integration/feeds/his")).text
    assert "SCHMUTZIG" in rules and "here" in rules


async def test_a_payer_is_given_a_meaning_and_the_discharge_goes_its_way(fed: Web) -> None:
    await send(fed, stay(1, "4B^A^1"), stay(2, "4B^A^1", "A16", visit="V1|WHO KNOWS", mrn="CANARYMRN1", minute=1))
    admin, token = await signed_in(fed, "root", Role.ADMIN)
    tray = (await admin.get("/integration/tray")).text
    assert 'value="WHO KNOWS"' in tray and "Who pays (PV1-20, IN1, IN2)" in tray and "Against advice" not in tray
    said = {"csrf": token, "kind": "payers", "feed": "his", "word": "WHO KNOWS", "meaning": "pmjay"}
    assert (await admin.post("/integration/tray/meaning", data={**said, "meaning": "death"})).status_code == 404
    assert (await admin.post("/integration/tray/meaning", data=said)).status_code == 303
    (discharge,) = fed.house.desk.hospital.discharges.values()
    assert (discharge.way, discharge.by_feed) == ("pmjay", True)
    assert 'value="WHO KNOWS"' not in (await admin.get("/integration/tray")).text
    rules = (await admin.get("/integration/feeds/his")).text
    assert "WHO KNOWS" in rules and "Discharge disposition (PV1-36)" in rules


async def test_a_group_is_replayed_and_its_progress_counted(fed: Web) -> None:
    await send(fed, *(bed_report(n, "7X^O^7", "H") for n in range(3)))
    admin, token = await signed_in(fed, "root", Role.ADMIN)
    asked = await admin.post("/integration/tray/replay", data={"csrf": token, "code": "unknown-place", "feed": "his"})
    assert asked.headers["location"].endswith("of=3")
    await settled(fed)
    board = await admin.get(asked.headers["location"].replace("/tray?", "/tray/board?"))
    assert "3 of 3 handled" in re.sub(r"\s+", " ", board.text)
    assert len(await fed.house.letters.tray()) == 1, "still not known, so they lie in the tray again"


async def test_a_switch_is_turned(fed: Web) -> None:
    admin, token = await signed_in(fed, "root", Role.ADMIN)
    said = {"csrf": token, "a08": "transfer", "visit_key": "account", "zone": "Asia/Kolkata", "charset": ""}
    assert (await admin.post("/integration/feeds/his", data=said)).status_code == 303
    rules = fed.house.desk.hospital.feeds["his"]  # type: ignore[index]
    assert (rules.a08, rules.visit_key, rules.zone) == ("transfer", ("account",), None)
    refused = await admin.post("/integration/feeds/his", data={**said, "zone": "Mars/Base"})
    assert refused.status_code == 409 and "no time zone Mars/Base" in refused.text and "How its messages are read" in refused.text
    assert (await admin.get("/integration/feeds/none")).status_code == 404


async def test_a_conflict_is_settled_by_one_click(fed: Web) -> None:
    await send(fed, stay(1, "4B^A^1"), stay(2, "4B^A^1", minute=5))
    admin, token = await signed_in(fed, "root", Role.ADMIN)
    desk, own = await signed_in(fed, "desk", Role.ADMISSIONS)
    page = (await admin.get("/integration/conflicts")).text
    assert "V1 lies in 4B A1" in page and "V2 lies in 4B A1" in page and not CANARY.search(page)
    assert "Canaria" in (await desk.get("/integration/conflicts")).text, "admissions know the patient by name"
    assert "1 conflict to settle" in (await desk.get("/admissions")).text
    click = {"visit": "V2", "how": "holds"}
    settled_ = await desk.post("/integration/conflicts/settle", data={"csrf": own, **click}, headers={"hx-request": "true"})
    assert settled_.status_code == 200 and "No visit contradicts another" in settled_.text
    assert fed.house.desk.hospital.beds["4B-A-01"].visit == "V2"  # type: ignore[index]
    assert (await admin.post("/integration/conflicts/settle", data={"csrf": token, **click})).status_code == 409
    nurse, _ = await signed_in(fed, "nurse", Role.NURSE, "4B")
    assert (await nurse.get("/integration/conflicts")).status_code == 403


async def test_the_incumbent_may_be_the_one_who_lies_there(fed: Web) -> None:
    await send(fed, stay(1, "4B^A^1"), stay(2, "4B^A^1", minute=5))
    manager, token = await signed_in(fed, "boss", Role.MANAGER)
    said = {"csrf": token, "visit": "V2", "how": "drops"}
    assert (await manager.post("/integration/conflicts/settle", data=said)).status_code == 303
    hospital = fed.house.desk.hospital
    assert hospital.beds["4B-A-01"].visit == "V1" and not hospital.visits["V2"].in_conflict  # type: ignore[index]


async def test_one_patient_in_two_beds_is_found_and_ended(fed: Web) -> None:
    await send(fed, stay(1, "4B^A^1", mrn="CANARYX"), stay(2, "4B^A^2", mrn="CANARYX", minute=5))
    admin, token = await signed_in(fed, "root", Role.ADMIN)
    page = (await admin.get("/integration/conflicts")).text
    assert "One patient lies in 4B A1 and 4B A2" in page
    said = {"csrf": token, "visit": "V1", "how": "ended"}
    assert (await admin.post("/integration/conflicts/settle", data=said)).status_code == 303
    assert not fed.house.desk.hospital.visits["V1"].is_open  # type: ignore[index]
    assert "No visit contradicts another" in (await admin.get("/integration/conflicts")).text


async def test_numbers_merged_while_both_lay_in_a_bed_are_joined(fed: Web) -> None:
    merge = stay(3, "4B^A^2", "A42", visit="V2", mrn="CANARYX", minute=9)
    text = merge.raw.replace(b"\rNK1|1|Canarita^Canario|FTH", b"\rMRG|CANARYX^^^H^MR||||V1")
    both = (stay(1, "4B^A^1", mrn="CANARYX"), stay(2, "4B^A^2", mrn="CANARYX", minute=5))
    await send(fed, *both, replace(merge, raw=text))
    admin, token = await signed_in(fed, "root", Role.ADMIN)
    assert "V1 was merged into V2, and both lie in a bed" in (await admin.get("/integration/conflicts")).text
    said = {"csrf": token, "visit": "V1", "how": "joined"}
    assert (await admin.post("/integration/conflicts/settle", data=said)).status_code == 303
    assert "No visit contradicts another" in (await admin.get("/integration/conflicts")).text
    lying = {bed.visit for bed in fed.house.desk.hospital.beds.values() if bed.visit}
    assert lying == {"V2"}


async def test_feeds_show_what_comes_and_what_fails(fed: Web) -> None:
    await send(fed, stay(1, "4B^A^1", minute=170), bed_report(175, "7X^O^7", "H"))
    auditor, _ = await signed_in(fed, "aud", Role.AUDITOR)
    board = re.sub(r"\s+", " ", (await auditor.get("/integration/board")).text)
    assert "<dt>last hour</dt><dd>2</dd>" in board and "place not known, 24 h" in board and "in order" in board
    fed.core.clock.advance(timedelta(hours=2))
    await _stand_still(fed)
    await fed.house.inbox.keep([stay(5, "4B^A^3")])
    fed.core.clock.advance(timedelta(seconds=31))
    assert re.search("before they are taken up: 1<", (await auditor.get("/integration/letters")).text)
    late = (await auditor.get("/integration/board")).text
    assert "is not handled yet" in late
    desk, _ = await signed_in(fed, "desk", Role.ADMISSIONS)
    assert "is not handled yet" in (await desk.get("/admissions")).text
    metrics = (await (await fed.as_role(Role.INTEGRATION)).get("/metrics")).text
    assert 'bedflow_feed_alarm{feed="his",kind="unhandled"} 1' in metrics and 'kind="silent"} 0' in metrics


async def _stand_still(fed: Web) -> None:
    """From here on the desk takes no letter; what it was at has ended."""
    stood = asyncio.Event()

    async def nothing(*_: object) -> int:
        stood.set()
        return 0

    fed.core.desk._letters.take = nothing  # type: ignore[method-assign]
    await asyncio.wait_for(stood.wait(), 10)


async def test_a_letter_that_we_fail_on_is_parked_alone(fed: Web) -> None:
    letters = fed.core.desk._letters
    honest = letters.interpret

    def failing(letter: Letter, hospital: Hospital) -> Reading:
        if letter.control_id == "C2":
            raise ZeroDivisionError("Canarita")
        return honest(letter, hospital)

    letters.interpret = failing
    with structlog.testing.capture_logs() as said:
        await send(fed, *(stay(n, f"4B^A^{n}") for n in (1, 2, 3)))
    admin, token = await signed_in(fed, "root", Role.ADMIN)
    assert re.findall(r"<td>(C\d)</td>", (await admin.get("/integration/letters?code=poison")).text) == ["C2"]
    assert {str(visit) for visit in fed.house.desk.hospital.visits} == {"V1", "V3"} and not CANARY.search(str(said))
    letters.interpret = honest
    assert (await admin.post("/integration/letters/2/replay", data={"csrf": token})).status_code == 303
    await settled(fed)
    assert "V2" in fed.house.desk.hospital.visits
