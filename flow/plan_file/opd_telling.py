"""`[opd_telling]` of a hospital file: its table, what it may not say, and the rules that it makes."""

from typing import Annotated, Literal

import msgspec

from flow.domain.ids import ClinicId
from flow.domain.opd_telling import OpdTelling
from flow.locale import languages
from flow.plan_file.lines import Path
from flow.plan_file.problems import Problems
from flow.plan_file.words import Table

Languages = Annotated[list[str], msgspec.Meta(min_length=1, max_length=3)]


class OpdTellingTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[opd_telling]`: see `flow.domain.opd_telling.OpdTelling`, which has what is left out here."""

    languages: Languages | None = None
    clinics: dict[str, Languages] = {}
    slip_mm: Literal[58, 80] | None = None
    consultation_minutes: Annotated[int, msgspec.Meta(ge=1, le=120)] | None = None
    near: Annotated[int, msgspec.Meta(ge=0, le=50)] | None = None


def check_opd_telling(table: OpdTellingTable, clinics: set[str], problems: Problems) -> None:
    """Languages that there are catalogues of, and clinics of this file."""
    at: Path = ("opd_telling",)
    said: list[tuple[Path, list[str]]] = [((*at, "languages"), table.languages or [])]
    said += [((*at, "clinics"), each) for each in table.clinics.values()]
    for path, names in said:
        for name in names:
            if name not in languages():
                problems.add(path, f"there are no words in {name!r}; there are {', '.join(languages())}")
        if len(set(names)) < len(names):
            problems.add(path, "a language stands there twice")
    for clinic in table.clinics:
        if clinic not in clinics:
            problems.add((*at, "clinics"), f"there is no clinic {clinic!r}")


def opd_telling(table: OpdTellingTable) -> OpdTelling:
    """What the table leaves out stays as it comes."""
    usual = OpdTelling()
    return OpdTelling(
        languages=tuple(table.languages) if table.languages is not None else usual.languages,
        clinics={ClinicId(clinic): tuple(names) for clinic, names in table.clinics.items()},
        slip_mm=table.slip_mm or usual.slip_mm,
        consultation_minutes=table.consultation_minutes or usual.consultation_minutes,
        near=usual.near if table.near is None else table.near,
    )
