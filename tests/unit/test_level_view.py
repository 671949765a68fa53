"""The page of the escalation level: its course, the sums of it and every change are drawn from the same spells."""

from datetime import UTC, datetime, timedelta

from flow.domain.alert_level import Measured
from flow.domain.alert_rules import AlertLevel, AlertRules
from flow.domain.level_history import LevelChange
from flow.templating import Templates
from flow.views.level_page import Found, LevelPage, level_page, report
from flow.views.page import Chrome
from flow.views.period import AskedPeriod, Rules, last_days
from tests.exported import lines
from tests.plans import small_plan

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PLAN = small_plan()
CHROME = Chrome("Escalation level", "Test Hospital", "Mia", "manager", "csrf")
RULES = AlertRules((AlertLevel("Usual"), AlertLevel("Busy", 80), AlertLevel("Very busy", 90), AlertLevel("Critical", 97)), 30)
HOURS = ((30, 2), (20, 1), (14, 3), (9, 4), (5, 2))
"""How many hours ago which level began; the first before the period."""


def changes() -> list[LevelChange]:
    found: list[LevelChange] = []
    for hours, number in HOURS:
        before = found[-1] if found else None
        found.append(
            LevelChange(
                *(AT - timedelta(hours=hours), before.number if before else None, before.name if before else ""),
                *(number, RULES.levels[number - 1].name, 4, (), Measured(80.0 + 4 * number, number, 0), RULES.version),
            )
        )
    return found


def page(least: int = 1, days: str = "24h") -> LevelPage:
    when = AskedPeriod(last_days(days, AT, PLAN.zone), Rules(), AT)
    return level_page(CHROME, PLAN, RULES, Found(changes(), (), AT), when=when, least=least)


def drawn(least: int = 1, days: str = "24h") -> str:
    return Templates().render("manager/level.html", page(least, days))


def test_the_course_is_whole_though_changes_are_left_out() -> None:
    assert [block.spell.name for block in page().chart.blocks] == ["Busy", "Usual", "Very busy", "Critical", "Busy"]
    assert [(row["level"], row["from"][11:16]) for row in lines(report(page(4), PLAN.zone), "course")] == [
        ("Busy", "14:30"),
        ("Usual", "18:30"),
        ("Very busy", "00:30"),
        ("Critical", "05:30"),
        ("Busy", "09:30"),
    ]
    assert len(page(4).rows) == 2 and 'data-export="course"' in drawn(4)


def test_sums_are_those_of_the_course() -> None:
    assert {row.name: (row.time, row.times) for row in page().level_rows} == {
        "Usual": ("6 h 00", 1),
        "Busy": ("9 h 00", 2),
        "Very busy": ("5 h 00", 1),
        "Critical": ("4 h 00", 1),
    }


def test_a_period_older_than_the_first_look_says_since_when_levels_are_kept() -> None:
    assert page(days="7d").kept_since.endswith("08:30") and "Levels are kept since" in drawn(days="7d")
    assert page().kept_since == "" and "Levels are kept since" not in drawn()
