"""The census in the reader's language: no language has a gap, and what staff or feeds wrote stays as they wrote it."""

import re
from datetime import UTC, datetime

import pytest

from flow.domain.hospital import Hospital, opened
from flow.locale import DEFAULT, languages, words
from flow.templating import CHECKOUT, Templates
from flow.views.bed_tile import WORDS
from flow.views.census import census
from flow.views.census_clinics import STATES
from flow.views.census_page import CensusPage, CensusPaper, census_sheets
from flow.views.page import Chrome
from tests.plans import small_plan

AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
LISTS = census_sheets(census(Hospital(small_plan()), {}, AT), AT).lists


def phrases() -> set[str]:
    """The templates' words, those that the view says, and those of its lists."""
    shown = "".join(path.read_text() for path in (CHECKOUT / "templates/census").iterdir())
    modules = ("flow/views/census_page.py", "flow/views/census_clinics.py", "flow/web/pages/census.py")
    view = "".join((CHECKOUT / module).read_text() for module in modules)
    found = set(re.findall(r'\b_\("([^"]+)"\)', shown)) | set(re.findall(r'\bsay\("([^"]+)"', view))
    counted = set(re.findall(r'"(\{count\} [a-z ]+)"', view))
    states = set(WORDS.values()) | set(STATES.values())
    return found | counted | states | {said for each in LISTS for said in (each.name, each.nothing, *each.heads)}


@pytest.mark.parametrize("lang", [lang for lang in languages() if lang != DEFAULT])
def test_no_language_has_a_gap(lang: str) -> None:
    assert len(phrases()) > 55
    assert sorted(phrase for phrase in phrases() if not words(lang).table.get(phrase)) == []


def test_page_and_paper_speak_the_readers_language() -> None:
    hospital = Hospital(small_plan())
    for state in opened(hospital.plan, AT):
        hospital.put(state)
    said = words("hi")
    sheets = census_sheets(census(hospital, {}, AT), AT, said)
    page = Templates().render("census/page.html", CensusPage(Chrome("Census", "City", lang="hi"), sheets, words=said))
    paper = Templates().render("census/paper.html", CensusPaper(sheets, "", said))
    for html in (page, paper):
        assert '<html lang="hi">' in html and "बिस्तर सूची" in html and "9 बिस्तर · 0 भरे · 9 खाली" in html
        assert "<td>खाली</td>" in html and "Test Hospital" in html and "Comes next" not in html
