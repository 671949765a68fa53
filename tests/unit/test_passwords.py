"""What a password must be: length alone, and none that is known, on the list, in a file, or by the names round it."""

from hashlib import sha1
from pathlib import Path

import pytest

from flow.errors import Misconfigured
from flow.passwords import LEAST, Passwords, stands_in

KNOWN = [
    "mango tree in the yard",
    "seven green elephants",
    "a known one of the file",
    "zzzz zzzy zzzx",
    "the very first",
    "umbrella weather 7",
]


@pytest.fixture
def breached(tmp_path: Path) -> Path:
    """As Have I Been Pwned ships it: digests in order, each with how often it was seen, lines of several lengths."""
    found = sorted(f"{sha1(word.encode()).hexdigest().upper()}:{10**n}" for n, word in enumerate([*KNOWN, *map(str, range(500))]))
    path = tmp_path / "pwned.txt"
    path.write_text("\r\n".join(found) + "\r\n", encoding="ascii", newline="")
    return path


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "a" * 6 + "b" * 3 + "mnpqrst",
        "आज बारिश होगी शायद",
        "o" * 100 + "x y z" * 5,
        "no digits no signs at all",
        " lead and trail ",
    ],
)
async def test_length_is_all_that_is_asked(password: str) -> None:
    assert await Passwords(place="City General Hospital").why_not(password, "asha", "Asha Rao") == ""


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", f"at least {LEAST} characters"),
        ("elevenchars", "at least"),
        ("x" * 513, "at most"),
        ("password1234", "break-ins"),
        ("2024password!", "break-ins"),
        ("Princess2024!!", "break-ins"),
        ("sunshinesunshine", "break-ins"),
        ("aaaaaaaaaaaaaa", "break-ins"),
        ("qwerty123456", "break-ins"),
        ("citygeneral2026", "hospital's"),
        ("General.City.01", "hospital's"),
        ("asha-asha-asha", "your name"),
        ("bedflowbedflow", "hospital's"),
    ],
)
async def test_what_is_guessed_first_is_refused_in_plain_words(password: str, words: str) -> None:
    told = await Passwords(place="City General Hospital").why_not(password, "asha", "Asha Menon")
    assert words in told and bool(told) == bool(words), told


async def test_a_file_of_digests_is_searched_where_it_lies(breached: Path) -> None:
    rules = Passwords(breached)
    for known in KNOWN:
        assert "break-ins" in await rules.why_not(known) and await Passwords().why_not(known) == ""
        assert await rules.why_not(f"{known} not") == ""
    assert all(stands_in(breached, str(n)) for n in range(500)) and not any(stands_in(breached, str(n)) for n in range(500, 1000))


def test_the_last_line_counts_without_its_end_and_small_letters_are_letters(tmp_path: Path) -> None:
    path = tmp_path / "one.txt"
    path.write_text(sha1(b"only one in the file").hexdigest())
    assert stands_in(path, "only one in the file") and not stands_in(path, "another")


@pytest.mark.parametrize("text", ["", "not a digest\n", "password\n123456\n"])
def test_a_file_that_is_none_stops_the_start(tmp_path: Path, text: str) -> None:
    path = tmp_path / "wrong.txt"
    with pytest.raises(Misconfigured, match="cannot be read"):
        Passwords(path)
    path.write_text(text)
    with pytest.raises(Misconfigured, match="SHA-1"):
        Passwords(path)
