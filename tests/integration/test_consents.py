"""Consents: written down when given and when they end, shown at the desk, withdrawn there or on the patient's own page; never rewritten."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from flow.addressees import addressees
from flow.domain.consent import DAY_OVER, HOUSE, OWN_PAGE, PATIENT, SCAN, STAFF, Consent, Purpose
from flow.domain.ids import PatientId
from flow.domain.opd_near import holder
from flow.domain.roles import Role
from flow.history.pool import NotStored
from tests.integration.test_api_pages import csrf, tap
from tests.integration.test_desk import NOW
from tests.integration.test_opd_ways import ENT
from tests.integration.test_sharing import Abdm, abdm
from tests.integration.test_signin import signed_in
from tests.integration.test_withheld import written
from tests.integration.web_house import Web, web

__all__ = ["abdm", "web"]
PHONE = "+919845012345"


def told(consent: Consent) -> tuple[Any, ...]:
    return consent.purpose, consent.given_by, consent.how, consent.ended_by, consent.ended_how


async def waiting(web: Web) -> PatientId:
    """Somebody who agreed at the desk to be written to."""
    desk = await web.as_role(Role.ADMISSIONS)
    asked = {"patient": {"mrn": "M-4711", "name": "Asha Rao"}, "type": "general"}
    assert (await desk.post("/api/v1/bed-requests", json=asked)).status_code == 201
    patient = web.house.people.pseudonym("M-4711")
    await web.house.contacts.consent(patient, PHONE, "ravi", NOW)
    return patient


async def test_the_desk_reads_a_consent_and_withdraws_it(web: Web) -> None:
    patient = await waiting(web)
    desk = await signed_in(web, "asha", Role.ADMISSIONS)
    panel = f"/admissions/privacy/{patient}"
    page = (await desk.get(panel)).text
    assert "Messages to their telephone" in page and "by ravi: said so to staff" in page and PHONE[-5:] not in page
    web.core.clock.advance(timedelta(minutes=5))
    assert (await tap(desk, panel, f"{panel}/consent", purpose="messages")).status_code == 303
    assert await web.house.contacts.number(patient) is None
    (kept,) = await web.house.consents.of([patient])
    assert told(kept) == (Purpose.MESSAGES, "ravi", STAFF, "asha", STAFF)
    assert kept.ended_at == NOW + timedelta(minutes=5)
    page = (await desk.get(panel)).text
    assert "by asha" in page and "Withdraw<" not in page
    assert [t.detail["consent"] for t in await written(web) if t.view.endswith("/consent")] == ["messages withdrawn"]
    assert (await tap(desk, panel, f"{panel}/consent", purpose="everything")).status_code == 422


async def test_each_consent_is_a_line_of_its_own(web: Web) -> None:
    patient = await waiting(web)
    await web.house.contacts.consent(patient, "+919845099999", "asha", NOW + timedelta(hours=1))
    await web.house.contacts.withdraw(patient, "asha", NOW + timedelta(hours=2))
    await web.house.contacts.withdraw(patient, "asha", NOW + timedelta(hours=3))
    found = await web.house.consents.of([patient])
    assert [told(each)[1:] for each in found] == [("asha", STAFF, "asha", STAFF), ("ravi", STAFF, "asha", "given anew")]
    assert found[0].ended_at == NOW + timedelta(hours=2)


async def test_the_patients_own_page_ends_the_messages(web: Web) -> None:
    web.house.settings = replace(web.house.settings, notify=addressees("patients=json://gateway/{phone}"))
    opd = await signed_in(web, "clinic", Role.OPD)
    await (await web.as_role(Role.OPD)).post(f"{ENT}/tokens", json={})
    (token,) = web.house.desk.hospital.tokens.values()
    slip = f"/opd/ENT/tokens/{token.id}/slip"
    own = re.search(r"(/t/[\w-]{22})<", (await opd.get(slip)).text)
    assert own is not None
    somebody = await web.client()
    assert "no-messages" not in (await somebody.get(own[1])).text
    await tap(opd, slip, f"/opd/ENT/tokens/{token.id}/tell", phone=PHONE)
    page = (await somebody.get(f"{own[1]}?lang=ta")).text
    assert "எனக்குச் செய்திகள் அனுப்ப வேண்டாம்" in page
    stopped = await somebody.post(f"{own[1]}/no-messages?lang=ta")
    assert (stopped.status_code, stopped.headers["location"]) == (303, f"{own[1]}?lang=ta")
    assert await web.house.contacts.number(holder(token)) is None
    assert "no-messages" not in (await somebody.get(own[1])).text
    (kept,) = await web.house.consents.of([holder(token)])
    assert told(kept) == (Purpose.MESSAGES, "clinic", STAFF, PATIENT, OWN_PAGE)
    assert (await somebody.post(f"/t/{'x' * 22}/no-messages")).status_code == 404
    elsewhere = await somebody.post(f"{own[1]}/no-messages", headers={"origin": "https://evil.example", "sec-fetch-site": "cross-site"})
    assert elsewhere.status_code == 403


async def test_what_was_agreed_for_a_days_token_ends_with_the_day(web: Web) -> None:
    who = PatientId("token/T1")
    await web.house.contacts.consent(who, PHONE, "clinic", NOW)
    await web.house.contacts.forget_tokens(NOW + timedelta(hours=9), NOW + timedelta(hours=10))
    (kept,) = await web.house.consents.of([who])
    assert told(kept)[3:] == (HOUSE, DAY_OVER) and kept.ended_at == NOW + timedelta(hours=10)


async def test_no_consent_is_rewritten(web: Web) -> None:
    patient = await waiting(web)
    with pytest.raises(NotStored, match="InsufficientPrivilege"):
        async with web.core.database.write() as connection:
            await connection.execute("update consent set given_by = 'somebody else'")
    await web.house.contacts.withdraw(patient, "asha", NOW)
    with pytest.raises(NotStored, match="InsufficientPrivilege"):
        async with web.core.database.write() as connection:
            await connection.execute("update consent set ended_at = null, ended_by = null, ended_how = null")


async def test_whoever_scans_has_agreed_to_share_and_may_take_it_back(abdm: Abdm) -> None:
    await abdm.shares()
    await abdm.works()
    await abdm.shares(request="3f0c1b9e-6a2d-4c57-9f0e-000000000002")
    await abdm.works()
    (token,) = abdm.tokens
    assert token.patient is not None
    panel, desk = f"/admissions/privacy/{token.patient}", await signed_in(abdm.web, "asha", Role.ADMISSIONS)
    page = (await desk.get(panel)).text
    assert page.count("Details shared by their ABHA app") == 2, "once, and once in the button's name"
    assert f"by the patient: {SCAN}".replace("'", "&#39;") in page
    assert (await tap(desk, panel, f"{panel}/consent", purpose="scan-and-share")).status_code == 303
    (kept,) = await abdm.web.house.consents.of([token.patient])
    assert told(kept) == (Purpose.SHARE, PATIENT, SCAN, "asha", STAFF)
    assert await csrf(desk, panel)
