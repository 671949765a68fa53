"""The languages: one gettext catalogue a language (`hi.po`, `ta.po`), read when first asked for. Adding a file adds a language.

Catalogues hold `msgid`/`msgstr` pairs, long ones over several lines; plural forms are not used.
"""

import re
from functools import cache
from pathlib import Path

from flow.views.words import Words

HOME = Path(__file__).parent
DEFAULT = "en"
_PAIR = re.compile(r'^msgid ((?:"[^\n]*"\n)+)msgstr ((?:"[^\n]*"(?:\n|\Z))+)', re.MULTILINE)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPES = {r"\n": "\n", r"\"": '"', r"\\": "\\"}


@cache
def words(lang: str) -> Words:
    """The words of a language; English for one there is no catalogue of."""
    path = HOME / f"{lang}.po"
    if lang == DEFAULT or lang not in languages():
        return Words(DEFAULT)
    return Words(lang, read(path.read_text(encoding="utf-8")))


@cache
def languages() -> tuple[str, ...]:
    """Every language there is a catalogue of, and English."""
    return (*sorted(path.stem for path in HOME.glob("*.po")), DEFAULT)


def read(text: str) -> dict[str, str]:
    """The pairs of a catalogue; the header (an empty msgid) is left out."""
    pairs = ((_joined(key), _joined(value)) for key, value in _PAIR.findall(text))
    return {key: value for key, value in pairs if key}


def _joined(block: str) -> str:
    text = "".join(_QUOTED.findall(block))
    return re.sub(r'\\[n"\\]', lambda found: _ESCAPES[found.group()], text)
