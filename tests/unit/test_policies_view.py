"""The page of other policies: its rows beside what really happened, and what it says while it works, and of too few patients."""

from dataclasses import replace
from datetime import date

from allocation.simulation.again import SERVE
from flow.domain.replayed import Compared, Figures
from flow.domain.weights import Weights
from flow.templating import Templates
from flow.views.page import Chrome
from flow.views.policies_page import CHOICES, NAMES, POLICIES, PoliciesPage, policies_page

CHROME = Chrome("Other policies", "Test Hospital", "Mia", "manager", "csrf")
TEMPLATES = Templates()
REALLY = Figures("really", 120, 80, 74.4, 288, 12.04, 11.5, 6.4, 3, 1, 0)
FOUND = Compared(REALLY, (replace(REALLY, key="real"), replace(REALLY, key="ours", wait_p50=47.3, isolation=0, cut=True)), running=False)


def page(found: Compared | None = FOUND) -> PoliciesPage:
    return policies_page(CHROME, date(2026, 11, 15), 7, date(2026, 11, 21), Weights(), Weights(home_ward=900), found)


def drawn(view: PoliciesPage) -> str:
    return TEMPLATES.render("manager/policies.html", view)


def test_every_policy_has_a_name_and_every_choice_is_a_weight() -> None:
    assert set(SERVE) | {"really"} == set(NAMES) and len(SERVE) == POLICIES
    assert all(isinstance(getattr(Weights(), name), int) for name in CHOICES)


def test_rows_stand_beside_what_really_happened() -> None:
    view = page()
    assert [(row.name, row.cells, row.note) for row in view.rows] == [
        ("What really happened", ("74 min", "4 h 48", "12.0 %", "11.5 %", "6.4 %", "1 of 3", "0"), ""),
        ("The same beds, replayed", ("74 min", "4 h 48", "12.0 %", "11.5 %", "6.4 %", "1 of 3", "0"), ""),
        (
            "Bedflow, current weights",
            ("47 min", "4 h 48", "12.0 %", "11.5 %", "6.4 %", "–", "0"),
            "took too long: counted as far as it came",
        ),
    ]
    assert view.period == "Sun 15 Nov to Sat 21 Nov 2026"
    assert (view.weights[0].value, view.weights[0].usual) == (900, Weights().home_ward)
    assert "hx-trigger" not in drawn(view)


def test_it_says_how_it_stands() -> None:
    assert "Being worked out in the background" in drawn(page(Compared())) and "home_ward=900" in page(Compared()).board_href
    assert "could not be worked out" in drawn(page(Compared(running=False, failed=True)))
    few = page(replace(FOUND, really=replace(REALLY, patients=4)))
    assert few.rows == () and "Too few patients" in drawn(few)
    assert "runs without suggestions" in drawn(page(None))
