"""Who gets messages that leave the house: apprise addresses by role, from BEDFLOW_NOTIFY or a file of the same lines. They hold tokens and
telephone numbers, so that nothing here shows them."""

from dataclasses import dataclass, field
from pathlib import Path

REPORTS = "reports"
"""Who gets the daily report."""
PATIENTS = "patients"
"""The gateway through which patients are written to: an apprise address with `{phone}` where their number goes."""


@dataclass(frozen=True, slots=True)
class Addressees:
    """Addresses by role; under `` (empty) those that get everything of the staff's. repr and str show how many, no more."""

    by_role: dict[str, tuple[str, ...]] = field(repr=False)

    def of(self, role: str) -> tuple[str, ...]:
        """Where a message to a role goes."""
        return (*self.by_role.get(role, ()), *(self.by_role.get("", ()) if role != PATIENTS else ()))

    def __bool__(self) -> bool:
        return bool(self.by_role)

    def __str__(self) -> str:
        return f"{sum(map(len, self.by_role.values()))} addresses" if self.by_role else ""


def addressees(text: str) -> Addressees:
    """`supervisor=mailto://...`, a line each or between blanks; without a role it is for everybody. `file:PATH` reads a file.

    Raises ValueError saying what it must be.
    """
    if text.startswith("file:"):
        path = Path(text.removeprefix("file:")).expanduser()
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise ValueError("file:PATH of a file that can be read") from error
    found: dict[str, list[str]] = {}
    for word in (word for line in text.splitlines() if not line.lstrip().startswith("#") for word in line.split()):
        role, equals, address = word.partition("=")
        if not equals or "://" in role:
            role, address = "", word
        if "://" not in address or (role and not role.isalpha()):
            raise ValueError("apprise addresses, or ROLE=ADDRESS with a role like supervisor or manager, or file:PATH with such lines")
        found.setdefault(role, []).append(address)
    return Addressees({role: tuple(each) for role, each in found.items()})
