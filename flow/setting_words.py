"""How the text of a setting becomes its value: each reader raises ValueError saying what the text must be."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

FLAGS = {"1": True, "true": True, "yes": True, "on": True, "": False, "0": False, "false": False, "no": False, "off": False}


def path(text: str) -> Path:
    """A file or folder, from where the program stands."""
    return Path(text).expanduser().absolute()


def optional_path(text: str) -> Path | None:
    """The same, or none."""
    return path(text) if text else None


def flag(text: str) -> bool:
    """Yes or no."""
    if text.lower() not in FLAGS:
        raise ValueError("1 or 0 (yes or no)")
    return FLAGS[text.lower()]


def whole(least: int) -> Callable[[str], int]:
    """A whole number of at least this."""

    def parse(text: str) -> int:
        if not (text.isascii() and text.lstrip("-").isdigit() and int(text) >= least):
            raise ValueError(f"a whole number of at least {least}")
        return int(text)

    return parse


def speed(text: str) -> float:
    """A factor."""
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0.0 < speed <= 100_000.0:
        raise ValueError("a number above 0, at most 100000")
    return speed


def one_of(*choices: str) -> Callable[[str], str]:
    """One of these words."""

    def parse(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return text.lower()

    return parse


def url(*schemes: str) -> Callable[[str], str | None]:
    """An address of one of these schemes, or none."""

    def parse(text: str) -> str | None:
        if text and urlsplit(text).scheme not in schemes:
            raise ValueError(f"a URL that starts with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        return text.rstrip("/") or None

    return parse
