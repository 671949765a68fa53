"""Browsers that have signed in with a name before: known for it alone, by a cookie that nobody can make."""

import pytest

from flow.web.security.known import KnownBrowsers

KNOWN = KnownBrowsers(b"k" * 32)


@pytest.mark.parametrize("forged", ["", "a.b", "~~~", ".", "0123456789abcdef." + "0" * 32, "x" * 5000, "é.é"])
def test_a_forged_cookie_makes_no_browser_known(forged: str) -> None:
    assert KNOWN.number(forged, "asha") == ""


def test_a_browser_is_known_for_the_names_it_signed_in_with_alone() -> None:
    value = KNOWN.met(KNOWN.met("", "asha"), "ravi")
    assert KNOWN.number(value, "asha") and KNOWN.number(value, "ravi") and not KNOWN.number(value, "chief")
    assert KNOWN.number(KNOWN.met(value, "asha"), "asha") == KNOWN.number(value, "asha")
    assert KnownBrowsers(b"j" * 32).number(value, "asha") == ""


def test_a_workstation_forgets_who_has_not_come_for_long() -> None:
    value = KNOWN.met("", "asha")
    for n in range(20):
        value = KNOWN.met(value, f"person-{n}")
    assert not KNOWN.number(value, "asha") and KNOWN.number(value, "person-19") and len(value) < 1000
