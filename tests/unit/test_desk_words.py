"""Every word of the desk goes through gettext, and it is known which languages still need entries for it."""

import re

import pytest

from flow.locale import DEFAULT, HOME, languages, read
from flow.templating import CHECKOUT
from flow.views.desk.keys import KEYS
from flow.views.desk.waiting import MADE_BY
from flow.views.request_form import BED_PROMISED, ISOLATIONS, PRIORITIES, RESTS, SEXES

LIST = ("_waiting", "_waiting_row", "_waiting_tools", "_waiting_lapsed", "_request_actions", "_keys", "_held")
DIALOGS = ("_new_request", "_edit_form", "_edit_request", "_request_fields", "_request_dialogs")
TEMPLATES = [CHECKOUT / "templates/desk" / f"{name}.html" for name in (*LIST, *DIALOGS)]
DESK_IN = {DEFAULT}
"""The languages the desk is offered in. The catalogues of others speak for the housekeeping phone alone."""


def phrases() -> set[str]:
    """What the desk's list and dialogs say: the templates' own words, and those the views hand to `_()`."""
    said = {words for path in TEMPLATES for words in re.findall(r"""_\((?:"([^"]+)"|'[^']+')\)""", path.read_text()) if words}
    said |= {word for group in KEYS for word in (group.words, *(key.words for key in group.keys))}
    return said | {*MADE_BY.values(), BED_PROMISED} | {words for table in (PRIORITIES, ISOLATIONS, RESTS, SEXES) for _, words in table}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_word_stands_outside_gettext(path: object) -> None:
    text = re.sub(r"{% macro fix.*?endmacro %}|{#.*?#}|{%.*?%}|{{.*?}}", "", path.read_text(), flags=re.DOTALL)  # type: ignore[attr-defined]
    shown = re.sub(r"<[^>]*>", " ", text)
    allowed = {"Enter", "Esc", "J", "K", "U", "N", "O", "C", "E", "P", "R", "I", "X", "T", "D", "A", "Z", "kbd"}
    assert set(re.findall(r"[^\W\d_]+", shown)) <= allowed
    assert not re.search(r'(?:aria-label|placeholder|title)="[^"{]*[a-z]', text)


def test_it_is_known_which_languages_need_entries() -> None:
    """A language in which the desk is offered needs every phrase; a new catalogue has to say which of the two it is."""
    missing = {lang: sorted(phrases() - read((HOME / f"{lang}.po").read_text("utf-8")).keys()) for lang in set(languages()) - {DEFAULT}}
    assert {lang for lang, words in missing.items() if lang in DESK_IN and words} == set()
    assert {lang for lang, words in missing.items() if words} == {"hi", "ta"}, "the languages that need entries before a desk may have them"
    assert len(phrases()) > 90
