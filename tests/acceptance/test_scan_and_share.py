"""A clinic's morning as a process: the timetable opens it, an appointment comes over MLLP, a patient scans, and a kill changes nothing. And
a demo's, where `bedflow scan` does the scanning."""

import json
import re
import socket
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from flow.domain.abdm import ANSWERED_WITHIN
from tests import abdm_gateway
from tests.acceptance.browser import until
from tests.acceptance.house import HouseProcess, house
from tests.hospital_file import hospital_file

WEEK = '["mon", "tue", "wed", "thu", "fri", "sat", "sun"]'
SESSION = f'[[clinics.sessions]]\ndoctor = "Dr Iyer"\nroom = "1"\ndays = {WEEK}\nbegins = 00:00:00\nuntil = 23:59:59\n'


def file(gateway: abdm_gateway.Gateway) -> str:
    abdm = f'[abdm]\nhip = "IN2910000123"\ngateway = "{gateway.url}"\ncerts = "{gateway.certs}"\nclinic = "ENT"\n'
    text = hospital_file({"4B": {"A": 1}})
    return f"{text.replace('[[feeds]]', f'{SESSION}[[feeds]]')}\n{abdm}"


def shares(found: HouseProcess, request: str, bearer: str) -> int:
    body = json.dumps(abdm_gateway.profile()).encode()
    headers = {"authorization": f"Bearer {bearer}", "request-id": request}
    said = Request(f"http://127.0.0.1:{found.http}/api/v3/hip/patient/share", body, {**headers, "content-type": "application/json"})
    try:
        with urlopen(said, timeout=10) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def tells(found: HouseProcess, message: str, rest: str) -> bytes:
    """A letter over MLLP, and its answer; `{now}` in it is the present."""
    now = f"{datetime.now(UTC):%Y%m%d%H%M%S}+0000"
    text = f"MSH|^~\\&|SCH|H|BF|H|{now}||{message}|{message[-2:]}|P|2.5\r{rest.format(now=now)}\r"
    with socket.create_connection(("127.0.0.1", found.mllp), timeout=10) as connection:
        connection.sendall(b"\x0b" + text.encode() + b"\x1c\r")
        return connection.recv(4096)


BOOKED = "SCH|P1|F1\rTQ1|||||||{now}\rPID|1||M1^^^H^MR||Rao^Meera||19800101|F\rRGS|1\rAIL|1||ENT"
REGISTERED = "EVN|A04|{now}\rPID|1||M2^^^H^MR~91-1111-2222-3333^^^ABDM^ABHA||Canarita^Canaria||19501102|F\rPV1|1|O|||||||||||||||||V2"


def page(found: HouseProcess) -> str:
    said = Request(f"{found.origin}/opd/ENT", headers={"authorization": f"Bearer {found.token('opd')}"})
    with urlopen(said, timeout=10) as answer:
        return str(answer.read().decode())


def queue(found: HouseProcess) -> list[Any]:
    items: list[Any] = found.get("/api/v1/opd/clinics/ENT/queue", "opd")["items"]
    return items


def test_a_clinics_morning(tmp_path: Path) -> None:
    with abdm_gateway.gateway() as gateway:
        written = tmp_path / "hospital.toml"
        written.write_text(file(gateway))
        with house(tmp_path, written, BEDFLOW_ABDM_CLIENT="CLIENT hush") as found:
            until(lambda: page(found), lambda text: "Dr Iyer until 23:59" in text, within=20)
            assert b"MSA|AA|12" in tells(found, "SIU^S12", BOOKED)
            (booked,) = until(lambda: queue(found), bool, within=20)
            assert (booked["status"], booked["number"]) == ("booked", "E-001")
            assert shares(found, "request-1", "nobody") == 401
            begun = time.monotonic()
            assert shares(found, "request-1", gateway.signs(datetime.now(UTC))) == 200
            found.kill()
            gateway.rotate()
            found.start()
            assert shares(found, "request-1", gateway.signs(datetime.now(UTC))) == 200
            assert gateway.came.wait(ANSWERED_WITHIN)
            assert time.monotonic() - begun < ANSWERED_WITHIN
            ((_, told),) = gateway.told
            assert told["acknowledgement"]["profile"]["tokenNumber"] == "E-002"
            tokens = until(lambda: queue(found), lambda tokens: len(tokens) == 2, within=20)
            assert [token["number"] for token in tokens] == ["E-002", "E-001"]
            assert b"MSA|AA|04" in tells(found, "ADT^A04", REGISTERED)
            until(lambda: found.get("/api/v1/hl7/letters", "admin")["items"], lambda items: [i["state"] for i in items] == ["handled"] * 2)
            again = found.run("rebuild", "--from-journal", "--check", check=False)
            assert again.returncode == 0, again.stdout
        assert "Canar" not in found.log.read_text() and "hush" not in found.log.read_text()


def test_a_demos_visitor_scans_by_the_command(tmp_path: Path) -> None:
    """`bedflow demo` and `bedflow scan` as they are typed: the demo's server believes the stand-in by the keys that it publishes, and tells
    it the number that stands in the queue."""
    written = tmp_path / "hospital.toml"
    written.write_text(hospital_file({"4B": {"A": 2}}))
    with house(tmp_path, written, "demo", BEDFLOW_HISTORY_DAYS="0", BEDFLOW_SIM_SPEED="0.01") as found:
        done = until(
            lambda: found.run("scan", "ent", check=False),
            lambda done: "No demo with a stand-in" not in done.stdout + done.stderr,
            within=30,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        ((name, number),) = re.findall(r"(\w+ Demo) \(made up\)[^(]+?token\s+(E-\d{3})", done.stdout)
        (token,) = [each for each in queue(found) if each["scanned"]]
        assert token["number"] == number
        assert shares(found, "request-2", abdm_gateway.token(datetime.now(UTC))) == 401, "a key that the stand-in does not publish"
    assert name not in found.log.read_text()
