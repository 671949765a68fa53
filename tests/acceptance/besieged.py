"""How a town under siege comes to be: its hospital file, and the many ways in which its people's sign-ins have ended."""

import re

import httpx

from tests import abdm_gateway as abdm
from tests.acceptance.adversary import Town, csrf
from tests.acceptance.browser import until
from tests.acceptance.house import PASSWORD
from tests.hospital_file import hospital_file

DOORS = f"""
[[feeds]]
id = "lab"
name = "Lab"
client = "engine"

[abdm]
hip = "IN2910000123"
gateway = "http://127.0.0.1:9"
clinic = "ENT"

[[abdm.keys]]
id = "{abdm.KID}"
alg = "RS256"
pem = '''{abdm.pem()}'''
"""
"""A second feed, whose door asks for a certificate, and the door of the ABDM gateway."""
SECURED = hospital_file({"4B": {"A": 6}, "ICU": {"A": 2}}) + DOORS


def let_cookies_die(town: Town) -> None:
    """Every way in which a sign-in ends; of each, its cookie is stolen before."""
    rotated = town.signed_in("mona")
    town.words["cookie rotated"] = rotated.cookies["bedflow"]
    rotated.post("/login", data={"account": "mona", "password": PASSWORD}, headers={"x-csrf-token": csrf(rotated)})
    for name, way in (("signed out", "/sign-out"), ("everywhere", "/my-sign-in/sign-out-everywhere")):
        browser = town.signed_in("mona")
        town.words[f"cookie {name}"] = browser.cookies["bedflow"]
        assert browser.post(way, data={"csrf": csrf(browser)}).status_code == 303
    stolen, owner = town.signed_in("sita"), town.signed_in("sita")
    town.words["cookie password"] = stolen.cookies["bedflow"]
    changed = {"old": PASSWORD, "new": f"{PASSWORD} anew", "again": f"{PASSWORD} anew", "csrf": csrf(owner)}
    assert owner.post("/my-sign-in/password", data=changed).status_code == 303
    town.words["cookie closed"] = town.signed_in("bill").cookies["bedflow"]
    admin = town.signed_in("adam")
    assert admin.post("/admin/users/bill/disable", data={"csrf": csrf(admin)}).status_code == 303
    for name in ("of a display", "of a shut out display"):
        town.words[f"cookie {name}"] = paired(town, admin, name)[0].cookies["bedflow-device"]
    row = re.search(r'/admin/devices/([\w-]+)/revoke"(?:(?!/revoke").)*of a shut out display"', admin.get("/admin").text, re.DOTALL)
    assert row is not None
    assert admin.post(f"/admin/devices/{row[1]}/revoke", data={"csrf": csrf(admin)}).status_code == 303
    for name in ("closed", "of a shut out display"):  # known for two more seconds
        until(lambda name=name: _is_out(town, town.words[f"cookie {name}"]), bool)  # type: ignore[misc]


def _is_out(town: Town, cookie: str) -> bool:
    asks = town.browser(cookie=f"bedflow={cookie}; bedflow-device={cookie}")
    return asks.get("/api/v1/beds").status_code == 401


def paired(town: Town, admin: httpx.Client, name: str) -> tuple[httpx.Client, str]:
    """A display that was let in for 4B, and the code that it showed."""
    screen = town.browser()
    shown = re.search(r'class="code"[^>]*>([0-9 ]+)<', screen.get("/pair?kind=display").text)
    assert shown is not None
    let_in = {"code": shown[1], "name": name, "ward": "4B", "audience": "ward", "csrf": csrf(admin)}
    assert admin.post("/admin/devices/new", data=let_in).status_code == 303
    assert screen.post("/pair/status").status_code == 200
    return screen, shown[1]
