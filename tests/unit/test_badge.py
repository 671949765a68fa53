"""Badges and PINs of people who work on wards: codes that every keyboard types alike, PINs that are not guessed first, whose ward opens."""

import pytest

from flow.domain.badge import LENGTH, LETTERS, MARK, opens, read_code, why_not
from flow.domain.roles import Role
from flow.web.names import initials

CODE = MARK + "BCDEFGHIJKLNOPRST" + "V" * (LENGTH - 17)


def test_a_code_is_read_however_a_scanner_types_it() -> None:
    assert read_code(CODE) == read_code(f" {CODE.lower()}\n") == CODE
    for none in ("", MARK, CODE[:-1], CODE + "B", CODE[:-1] + "Q", "bedflow-badge:" + CODE, CODE.replace(MARK, "BDFX", 1)):
        assert read_code(none) is None, none


def test_keyboards_and_shortcuts_do_not_change_a_code() -> None:
    """Letters that AZERTY and QWERTZ have elsewhere, and the key that undoes, are in none."""
    assert not set(LETTERS) & set("AQWZMYU") and set(MARK) <= set(LETTERS) and len(LETTERS) ** LENGTH > 2**128


@pytest.mark.parametrize(
    "pin",
    ["111111", "123456", "654321", "890123", "246802", "121212", "123123", "1231231", "112233", "123321", "147258", "789456", "1122112"],
)
def test_pins_that_are_guessed_first_are_refused(pin: str) -> None:
    assert "one of the first" in why_not(pin)


@pytest.mark.parametrize("pin", ["", "12345", "1234567890123", "12345a", "２７１８２８", "271 828", "27182\0"])
def test_a_pin_is_six_to_twelve_digits(pin: str) -> None:
    assert "6 to 12 digits" in why_not(pin)


def test_any_other_pin_is_taken_but_not_the_number_of_the_name() -> None:
    assert why_not("271828", "asha") == why_not("40917263", "asha") == why_not("271828", "nurse27") == ""
    assert "sign-in name" in why_not("920417", "n20417")


def test_a_badge_opens_where_the_rights_of_its_owner_reach() -> None:
    assert opens(Role.NURSE, "4B", "4B") and opens(Role.DOCTOR, "4B", "4B") and opens(Role.ADMISSIONS, None, "4B")
    assert not opens(Role.NURSE, "ICU", "4B") and not opens(Role.NURSE, None, "4B") and not opens(Role.ADMISSIONS, "ICU", "4B")
    others = set(Role) - {Role.NURSE, Role.DOCTOR, Role.ADMISSIONS}
    assert not any(opens(role, ward, "4B") for role in others for ward in (None, "4B"))


def test_initials_tell_people_of_a_ward_apart_and_nothing_else() -> None:
    assert (initials("Asha  Rao"), initials("மீனா"), initials("")) == ("A. R.", "ம.", "")
