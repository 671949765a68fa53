"""The languages: one gettext catalogue a language (`hi.po`, `ta.po`), read when first asked for. Adding a file adds a language: its
header says how the language is written on a switch (`X-Letters`, `X-Name`), which voice reads it out (`X-Voice`), and what other systems
and staff call it (`X-Known`: its English name first, then ISO 639-2).

Catalogues hold `msgid`/`msgstr` pairs, long ones over several lines; plural forms are not used.
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from flow.views.words import Tongue, Words

HOME = Path(__file__).parent
DEFAULT = "en"
_PAIR = re.compile(r'^msgid ((?:"[^\n]*"\n)+)msgstr ((?:"[^\n]*"(?:\n|\Z))+)', re.MULTILINE)
_HEAD = re.compile(r'"X-(Letters|Name|Voice|Known): ([^"\\]+)\\n"')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPES = {r"\n": "\n", r"\"": '"', r"\\": "\\"}


@cache
def words(lang: str) -> Words:
    """The words of a language; English for one there is no catalogue of."""
    path = HOME / f"{lang}.po"
    if lang == DEFAULT or lang not in languages():
        return Words(DEFAULT)
    return Words(lang, read(path.read_text(encoding="utf-8")), _tongue(path).voice)


def in_each(langs: Iterable[str]) -> tuple[Words, ...]:
    """The words of several languages."""
    return tuple(map(words, langs))


@cache
def languages() -> tuple[Tongue, ...]:
    """Every language there is a catalogue of, and English."""
    return (*map(_tongue, sorted(HOME.glob("*.po"))), Tongue(DEFAULT, name="English", voice="en-IN", known=("English", "eng")))


def tongue_of(said: str) -> str | None:
    """The language that somebody's word means, a code (`hi`, `hin`, `hi-IN`) or a name (`Hindi`); None for one that we have no words in."""
    word = said.strip().casefold()
    return next((tongue for tongue in languages() if word.partition("-")[0] == tongue or word in tongue.calls), None)


def called(lang: str) -> str:
    """What staff call a language: its English name."""
    return next((tongue.known[0] for tongue in languages() if tongue == lang and tongue.known), lang)


def _tongue(path: Path) -> Tongue:
    """What the header of a catalogue says of its language."""
    head = dict(_HEAD.findall(path.read_text(encoding="utf-8").split("\n\n", 1)[0]))
    return Tongue(path.stem, head.get("Letters", ""), head.get("Name", ""), head.get("Voice", ""), tuple(head.get("Known", "").split()))


def read(text: str) -> dict[str, str]:
    """The pairs of a catalogue; the header (an empty msgid) is left out."""
    pairs = ((_joined(key), _joined(value)) for key, value in _PAIR.findall(text))
    return {key: value for key, value in pairs if key}


def _joined(block: str) -> str:
    text = "".join(_QUOTED.findall(block))
    return re.sub(r'\\[n"\\]', lambda found: _ESCAPES[found.group()], text)
