"""Signing in as a person does: led to a second factor, a passkey made and shown by Chromium's virtual authenticator, seen on My sign-in."""

from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.acceptance.house import PASSWORD, house
from tests.acceptance.people import ARTEFACTS, axe_in_both, window
from tests.hospital_file import hospital_file

KEEPS = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}


def telephone(page: Page) -> tuple[CDPSession, str]:
    """One that keeps passkeys and knows its owner's finger."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": {**KEEPS, "automaticPresenceSimulation": True}})
    return session, made["authenticatorId"]


def looked_at(page: Page, name: str) -> None:
    """Kept as a picture; axe finds nothing in it, and it fits at 200 %."""
    assert axe_in_both(page) == [], name
    page.emulate_media(color_scheme="light")
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)
    page.set_viewport_size({"width": 720, "height": 450})
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, name
    page.set_viewport_size({"width": 1440, "height": 900})


def led_to_set_one_up(page: Page, origin: str) -> None:
    """By a password that alone opens nothing."""
    page.goto(f"{origin}/login?next=/my-sign-in")
    page.fill("input[name=account]", "asha")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    expect(page.locator("h1")).to_have_text("Set up a second factor")


def test_a_passkey_is_set_up_at_the_first_sign_in_and_signs_in_ever_after(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "hospital.toml"
    file.write_text(hospital_file({"4B": {"A": 4}}))
    with house(tmp_path, file, BEDFLOW_SECOND_FACTOR="required") as found, window(browser) as page:
        found.add("asha", "admissions")
        origin = f"http://localhost:{found.http}"
        phone, number = telephone(page)
        led_to_set_one_up(page, origin)
        looked_at(page, "second-factor")
        page.fill("input[name=name]", "Ward telephone")
        page.get_by_role("button", name="Set up a passkey").click()
        expect(page.locator("h1")).to_have_text("Your passkey is set up.")
        expect(page.locator(".codes li")).to_have_count(10)
        looked_at(page, "recovery-codes")
        page.get_by_role("link", name="I have them, go on").click()
        expect(page.locator(".keys input[name=name]")).to_have_value("Ward telephone")
        expect(page.locator("main")).to_contain_text("this one")
        looked_at(page, "my-sign-in")
        page.get_by_role("button", name="Sign out", exact=True).click()
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url(f"{origin}/")
        page.locator(".me").click()
        expect(page.locator(".mine")).not_to_contain_text("last used never")
        phone.send("WebAuthn.setUserVerified", {"authenticatorId": number, "isUserVerified": False})
        page.get_by_role("button", name="Sign out", exact=True).click()
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.locator("[data-say=failed]")).to_be_visible()
        looked_at(page, "sign-in")
        page.goto(f"{found.origin}/login")
        expect(page.locator("[data-say=elsewhere]")).to_contain_text(origin)
        assert "sets a second factor up again" in found.run("user", "reset-second-factor", "asha").stdout
        assert found.run("user", "reset-second-factor", "asha", check=False).returncode != 0
        led_to_set_one_up(page, origin)
