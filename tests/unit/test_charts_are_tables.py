"""Every chart of the managers' pages against the table under it: what is drawn, read back from the SVG by its own ticks and titles, is
what the table says, and the table says no less."""

import re
from datetime import timedelta
from functools import cache
from xml.etree import ElementTree as ET

import pytest

from flow.domain.kpis.table import By
from flow.templating import CHECKOUT, Templates
from tests.drawn import at, charts, corners, marks, scale, steps, titles
from tests.exported import Shown
from tests.unit import test_bed_page as beds
from tests.unit import test_forecast_view as forecasts
from tests.unit import test_kpi_view as kpis
from tests.unit import test_ledger_view as ledgers
from tests.unit import test_level_view as levels
from tests.unit import test_manager_view as occupancy

TEMPLATES = CHECKOUT / "templates"
DRAWN: dict[str, tuple[str, int]] = {
    "_occupancy.svg": ("occupancy", 0),
    "_heat.svg": ("occupancy", 1),
    "_turns.svg": ("occupancy", 2),
    "_kpi_bars.svg": ("kpis", 0),
    "_ledger_bars.svg": ("ledger", 0),
    "_ledger_days.svg": ("ledger", 1),
    "_forecast_fan.svg": ("forecast", 0),
    "_forecast_bands.svg": ("forecast", 1),
    "_level.svg": ("level", 0),
    "bed.html": ("bed", 0),
}
"""Where each chart is drawn: a page, and which of its charts."""


@cache
def page(name: str) -> str:
    drawn = {
        "occupancy": lambda: Templates().render("manager/page.html", occupancy.page("24h")),
        "kpis": lambda: Templates().render("manager/kpis.html", kpis.page(By.WARD)),
        "ledger": lambda: Templates().render("manager/ledger.html", ledgers.page()),
        "forecast": lambda: forecasts.drawn(forecasts.page()),
        "level": levels.drawn,
        "bed": beds.bed_drawn,
    }
    return drawn[name]()


def chart(name: str) -> tuple[ET.Element, Shown]:
    """A chart, and the tables of its page."""
    where, place = DRAWN[name]
    return charts(page(where))[place], Shown(page(where))


def test_every_chart_is_held_to_its_table() -> None:
    files = {path.name for path in TEMPLATES.rglob("*") if path.is_file() and '<svg class="chart' in path.read_text("utf-8")}
    assert files == DRAWN.keys()
    assert all(f"def test_{name.strip('_').partition('.')[0]}_" in CHECKS for name in DRAWN)


def test_occupancy_is_the_table_of_moments() -> None:
    svg, shown = chart("_occupancy.svg")
    rows = shown.rows("samples")
    line = marks(svg, "rect", "over")[0]
    middle = at(line, "y") + 150
    percent = scale(svg, "y", anchor="end", only=lambda text: at(text, "y") < middle)
    (path,) = marks(svg, "path", "occupancy-line")
    assert [percent(y) for y in steps(path.attrib["d"])] == pytest.approx([float(row[1]) for row in rows], abs=0.1)
    beds_of = scale(svg, "y", anchor="end", only=lambda text: at(text, "y") > middle)
    below = [0.0] * len(rows)
    for name, column in (("out", 7), ("cleaning", 6), ("coming", 5), ("free", 4)):
        (area,) = marks(svg, "path", name)
        edge = [beds_of(y) for y in steps(area.attrib["d"])[: len(rows)]]
        below = [under + float(row[column]) for under, row in zip(below, rows, strict=True)]
        assert edge == pytest.approx(below, abs=0.1), name


def test_heat_is_the_table_of_the_week() -> None:
    svg, shown = chart("_heat.svg")
    said = {title.partition(", ")[0]: title.partition(", ")[2] for title in titles(svg)}
    assert len(said) == 7 * 24
    for day, *means in shown.rows("week"):
        told = ["no figures" if mean == "–" else f"{mean} %" for mean in means]
        assert [said[f"{day} {hour:02}:00"] for hour in range(24)] == told


def test_turns_is_the_table_of_turns() -> None:
    svg, shown = chart("_turns.svg")
    rows = shown.rows("turns")
    minutes = scale(svg, "x", anchor="middle")
    assert titles(svg) == [f"{name}: {', '.join(figures)} min" for name, *figures in rows]
    places = zip(*(marks(svg, *kind) for kind in (("rect", "middle"), ("line", "median"), ("circle", "ring"))), strict=True)
    drawn = [(at(bar, "x"), at(line, "x1"), at(bar, "x") + at(bar, "width"), at(ring, "cx")) for bar, line, ring in places]
    assert [[minutes(x) for x in each] for each in drawn] == [pytest.approx([float(f) for f in row[1:]], abs=0.6) for row in rows]


def test_kpi_bars_is_the_table_of_each_kpi() -> None:
    shown = Shown(page("kpis"))
    ids = re.findall(r'data-export="(\w+)"', page("kpis"))[1:]
    drawn = charts(page("kpis"))
    assert len(ids) == len(drawn) > 5
    for name, svg in zip(ids, drawn, strict=True):
        value = scale(svg, "x", anchor="middle", only=lambda text: text.text != "aim")
        bars, rows = marks(svg, "rect", "middle"), shown.rows(name)
        step = value(201) - value(200)
        told = [float(row[1]) if re.fullmatch(r"[\d.]+", row[1]) else 0 for row in rows]
        assert [value(at(bar, "x") + at(bar, "width")) for bar in bars] == pytest.approx(told, abs=max(0.51, step / 5)), name
        ninths = [float(row[2]) for row in rows if shown.heads[name][2] == "Nine of ten" and re.fullmatch(r"[\d.]+", row[2])]
        assert [value(at(each, "x1")) for each in marks(svg, "line", "median")] == pytest.approx(ninths, abs=max(0.51, step / 5)), name


def test_ledger_bars_is_the_table_of_causes() -> None:
    svg, shown = chart("_ledger_bars.svg")
    *rows, sums = shown.rows("causes")
    told = [f"{row[0]}: {row[stretch]} h" for stretch in (1, 2, 3) for row in rows if row[stretch] != "–"]
    assert sorted(titles(svg)) == sorted(told)
    notes = [each.text for each in svg.iter("text") if each.get("text-anchor") == "end"]
    assert notes == [f"{hours} bed-hours" for hours in sums[1:4]]
    widths = sum(at(part, "width") for part in marks(svg, "rect", "owner"))
    by_hour = widths / sum(float(hours) for hours in sums[1:4])
    for part, title in zip(marks(svg, "rect", "owner"), titles(svg), strict=True):
        assert at(part, "width") / by_hour == pytest.approx(float(title.split()[-2]), abs=0.2)


def test_ledger_days_is_the_table_of_days_and_causes() -> None:
    svg, shown = chart("_ledger_days.svg")
    owners = shown.heads["day_causes"][1:]
    told = {
        f"{day}, {owner}: {h} h": float(h)
        for day, *hours in shown.rows("day_causes")
        for owner, h in zip(owners, hours, strict=True)
        if h != "–"
    }
    assert sorted(titles(svg)) == sorted(told)
    value = scale(svg, "y", anchor="end")
    for part, title in zip(marks(svg, "rect", "owner"), titles(svg), strict=True):
        assert value(at(part, "y")) - value(at(part, "y") + at(part, "height")) == pytest.approx(told[title], abs=0.06)


def test_forecast_fan_is_the_tables_of_what_was_and_is_to_come() -> None:
    svg, shown = chart("_forecast_fan.svg")
    value = scale(svg, "y", anchor="end")
    (past,) = marks(svg, "path", "occupancy-line")
    counted = [float(row[1]) for row in shown.rows("past")]
    assert [value(y) for y in steps(past.attrib["d"])] == pytest.approx(counted, abs=0.1)
    rows = shown.rows("group")
    now, expected = float(rows[0][1]), [float(row[3]) for row in rows]
    (median,) = marks(svg, "path", "fan-median")
    assert [value(y) for _, y in corners(median.attrib["d"])] == pytest.approx([now, *expected], abs=0.1)
    assert [value(at(ring, "cy")) for ring in marks(svg, "circle", "ring")] == pytest.approx(expected, abs=0.1)
    for name, column in (("fan-80", 4), ("fan-90", 5)):
        (area,) = marks(svg, "path", name)
        low, high = zip(*(map(float, row[column].split(" to ")) for row in rows), strict=True)
        edge = [value(y) for _, y in corners(area.attrib["d"])]
        assert edge == pytest.approx([now, *high, *reversed(low), now], abs=0.1), name
    (staffed,) = marks(svg, "line", "target")
    assert value(at(staffed, "y1")) == pytest.approx(float(rows[0][2]), abs=0.1)


def test_forecast_bands_is_the_table_of_wards() -> None:
    svg, shown = chart("_forecast_bands.svg")
    value = scale(svg, "x", anchor="middle")
    rows = {row[0]: row for row in shown.rows("groups")}
    drawn = list(svg.iter("g"))
    assert len(drawn) == 3, "every ward"
    for group in drawn:
        name = group.findtext("text") or ""
        _, now, staffed, expected, inner, outer, *_ = rows[name]
        low, high = inner.split(" to ")
        assert titles(group) == [f"{name}: {expected} of {staffed}, {low} to {high} in eight of ten cases"]
        places = [at(marks(group, "line", "median")[0], "x1"), at(marks(group, "circle", "ring")[0], "cx")]
        for band in ("fan-80", "fan-90"):
            (rect,) = marks(group, "rect", band)
            places += [at(rect, "x"), at(rect, "x") + at(rect, "width")]
        told = [float(each) for each in (expected, now, low, high, *outer.split(" to "))]
        assert [value(x) * float(staffed) / 100 for x in places] == pytest.approx([min(each, float(staffed)) for each in told], abs=0.1)


def test_level_is_the_table_of_its_course() -> None:
    svg, shown = chart("_level.svg")
    rows = shown.rows("course")
    assert len(rows) > 2
    assert titles(svg) == [f"{name}: {begun} to {ended}" for name, begun, ended in rows]
    names = {round(at(text, "y") - 4, 1): text.text for text in svg.iter("text") if text.get("text-anchor") == "end"}
    assert [names[at(block, "y")] for block in marks(svg, "rect", "level-block")] == [row[0] for row in rows]


def test_bed_is_the_table_of_stretches() -> None:
    svg, shown = chart("bed.html")
    rows = list(reversed(shown.rows("stretches")))
    whole = [title.split(": ") for title in titles(svg)]
    drawn = list(dict.fromkeys((when, was) for when, was in whole))
    for (when, was), row in zip(drawn, rows, strict=True):
        begun, ended = when.split(" to ")
        assert row[0].endswith(begun) and row[3] == was
        assert row[1].endswith(ended) or row[1] == "goes on"
    spent = dict.fromkeys((was for _, was in drawn), timedelta())
    hour = (708 - 96) / 24
    for rect, (_, was) in zip(svg.iter("rect"), whole, strict=True):
        spent[was] += timedelta(hours=at(rect, "width") / hour)
    told = {row[0]: float(row[1].removesuffix(" h")) for row in shown.rows("hours")}
    assert {was: round(time / timedelta(hours=1), 1) for was, time in spent.items()} == {was: told[was] for was in spent}


def test_a_figure_that_is_drawn_elsewhere_is_seen() -> None:
    """What reads the charts is no mirror of what draws them."""
    svg, _ = chart("_turns.svg")
    minutes = scale(svg, "x", anchor="middle")
    (median, *_) = marks(svg, "line", "median")
    before = minutes(at(median, "x1"))
    median.set("x1", str(at(median, "x1") + 20))
    assert minutes(at(median, "x1")) - before > 2
    assert steps("M0 10H5V20H9V15") == [10, 20, 15]


CHECKS = "\n".join(f"def {name}(" for name in list(globals()) if name.startswith("test_"))
