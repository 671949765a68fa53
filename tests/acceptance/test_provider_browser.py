"""Signing in by the hospital's provider at a real browser: away by a page that goes on by itself, its pages, in, and out there as well.
A violation of the content security policy fails it."""

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.acceptance.house import free_port, house
from tests.acceptance.people import axe_in_both, window
from tests.hospital_file import hospital_file
from tests.integration.provider_house import provider

GROUPS = """
[sign_in]
name = "City General"
[sign_in.groups]
"desk" = "admissions"
"""


def test_somebody_signs_in_by_the_provider_and_out_of_it(browser: Browser, tmp_path: Path) -> None:
    file, port = tmp_path / "hospital.toml", free_port()
    file.write_text(hospital_file({"4B": {"A": 4}}) + GROUPS)
    said = {"BEDFLOW_OIDC_ISSUER": f"http://127.0.0.1:{port}", "BEDFLOW_OIDC_CLIENT_ID": "bedflow"}
    with (
        house(tmp_path, file, BEDFLOW_SECOND_FACTOR="required", BEDFLOW_OIDC_CLIENT_SECRET="a secret of tests", **said) as found,
        provider(f"http://localhost:{found.http}", port),
        window(browser) as page,
    ):
        # the provider's own pages want letters from elsewhere
        page.route(re.compile("^https:"), lambda route: route.fulfill(status=200, body=""))
        page.goto(f"http://localhost:{found.http}/login?next=/my-sign-in")
        assert axe_in_both(page) == []
        page.get_by_role("button", name="Sign in with City General").click()
        page.fill("input[name=login]", "asha")
        page.fill("input[name=password]", "anything")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Continue").click()
        expect(page.locator("main")).to_contain_text("Asha Rao")
        expect(page.locator(".seats")).to_contain_text("second factor shown there")
        assert axe_in_both(page) == []
        page.get_by_role("button", name="Sign out", exact=True).click()
        page.get_by_role("button", name=re.compile("Yes")).click()
        page.wait_for_url(re.compile(r"/login"))
        expect(page.get_by_role("button", name="Sign in with City General")).to_be_visible()
