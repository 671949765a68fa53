"""What `make run` prints: where to look, who may sign in, and on a local network the codes to scan."""

from collections.abc import Sequence

import segno
from rich.console import Console
from rich.table import Table

from flow import main
from flow.dev.scan_gateway import HIP
from flow.domain.plan import Plan
from flow.lan import addresses
from flow.settings import Settings


def print_addresses(plan: Plan, settings: Settings, sign_ins: Sequence[tuple[str, str, str]]) -> None:
    """`sign_ins` are (name, role, password) of this data directory's demo."""
    console = Console(highlight=False)
    console.print(f"\n[bold]{plan.name}[/] is alive: {len(plan.beds)} beds, {len(plan.wards)} wards, {len(plan.clinics)} clinics.")
    console.print(f"  open           {settings.origin}")
    for feed, address in main.feed_addresses(plan, settings):
        console.print(f"  HL7 over MLLP  {address} (feed {feed})")
    console.print(f"  data           {settings.data_dir}")
    if plan.abdm is not None and plan.abdm.hip == HIP:
        console.print(
            "  Scan & Share   `bedflow scan` in another terminal: a made-up patient scans a clinic's code (a stand-in, nothing leaves)"
        )
    console.print("\nSign in as (this data directory only):")
    table = Table(box=None, padding=(0, 3, 0, 2), show_header=False)
    for name, role, password in sign_ins:
        table.add_row(name, password, role)
    console.print(table)
    if settings.lan:
        _print_codes(console, settings)
    console.print("Ctrl-C stops everything; the data are kept.\n")


def _print_codes(console: Console, settings: Settings) -> None:
    """A phone and a television are paired with the six digits that they show."""
    for address in addresses():
        origin = f"https://{address}:{settings.http.port}"
        console.print(
            f"\nOn this network: {origin} (the browser will ask about the certificate; it was made on this machine)", markup=False
        )
        for kind, words in (("phone", "a housekeeping phone"), ("display", "a television")):
            console.print(f"\n{words}: {origin}/pair?kind={kind}", markup=False)
            segno.make(f"{origin}/pair?kind={kind}", error="m").terminal(compact=True)
