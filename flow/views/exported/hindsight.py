"""The figures of a day with hindsight, one a row."""

from flow.views.hindsight_page import HindsightPage
from flow.views.tables import Column, Kind, Report, table

FIGURES = (Column("figure", "Figure"), Column("value", "Value", Kind.NUMBER), Column("unit", "Unit"))


def report(page: HindsightPage, zone: str) -> Report:
    """The day's figures; none where there are too few patients to speak of."""
    return Report(
        id="hindsight",
        title="With hindsight",
        hospital=page.chrome.hospital,
        period=page.words,
        filters="whole house",
        version="1",
        source="the patients who came to a bed for a request, as they lay and as they might have lain",
        zone=zone,
        tables=(table("figures", "Figures", FIGURES, page.figures, on_screen=page.told),),
    )
