"""Codes of an authenticator app: the vectors of RFC 6238, a clock that is a little wrong, and the address that apps read."""

from datetime import UTC, datetime, timedelta

import pytest

from flow.domain.totp import address, code_at, letters, matching, step_of

SECRET = b"12345678901234567890"
AT = datetime(2026, 11, 22, 9, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_vectors_of_the_rfc(seconds: int, code: str) -> None:
    assert code_at(SECRET, seconds // 30, digits=8) == code
    assert code_at(SECRET, seconds // 30) == code[2:]


@pytest.mark.parametrize(("late", "right"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_one_step_wrong(late: int, right: bool) -> None:
    shown = code_at(SECRET, step_of(AT + timedelta(seconds=late)))
    assert matching(SECRET, shown, AT) == (step_of(AT) + late // 30 if right else None)


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "१२३४५६", "0000000"])
def test_what_is_no_code_matches_nothing(code: str) -> None:
    assert matching(SECRET, code, AT) is None


def test_an_app_reads_the_secret_from_the_address() -> None:
    assert letters(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    wanted = "otpauth://totp/City%20General%3Aasha?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=City%20General"
    assert address(SECRET, "asha", "City General") == wanted
