"""`bedflow hospital ...`: check a hospital file, or draft one from a recorded feed."""

import json
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from adt_feed.learn import learn as draft
from adt_feed.message import Message
from adt_feed.sender import read_er7
from flow.errors import Misconfigured, Unreadable
from flow.plan_file import describe, load_plan, parse_plan

app = typer.Typer(help="The hospital file: wards, rooms, beds, clinics, feeds.", no_args_is_help=True)


@app.command()
def check(file: Path, as_json: bool = typer.Option(False, "--json")) -> None:
    """Check a hospital file; every mistake is named with its line."""
    found = describe(load_plan(file))
    if as_json:
        print(json.dumps(found))
        return
    table = Table("ward", "name", "rooms", "beds", box=None, padding=(0, 2, 0, 0))
    for ward in found["wards"]:
        table.add_row(ward["ward"], ward["name"], str(ward["rooms"]), str(ward["beds"]))
    Console().print(table)
    types = ", ".join(f"{count} {name}" for name, count in found["types"].items())
    print(f"{found['name']}: {found['beds']} beds ({types}), {len(found['clinics'])} clinics, feeds {', '.join(found['feeds']) or 'none'}.")


@app.command()
def learn(
    feed: Path,
    out: Path = typer.Option(..., "-o", "--out", help="The file to write."),
    name: str = typer.Option("", help="The hospital's name; else the file's."),
    zone: str = typer.Option("UTC", help="The feed's time zone, like Asia/Kolkata."),
) -> None:
    """Draft a hospital file from the places that a recorded feed (.er7) names."""
    messages, unreadable = _messages(feed)
    text = draft(messages, name or feed.stem, zone)
    plan = parse_plan(text, str(out)) if "[[wards]]" in text else None
    if plan is None:
        raise Misconfigured(f"{feed}: none of its {len(messages)} messages names a bed (PV1-3 with a third component).")
    out.write_text(text, encoding="utf-8")
    print(f"{out}: {len(plan.beds)} beds in {len(plan.wards)} wards from {len(messages)} messages ({unreadable} unreadable).")


def _messages(feed: Path) -> tuple[list[Message], int]:
    raws = read_er7(feed)
    messages = []
    for raw in raws:
        try:
            messages.append(Message.parse(raw))
        except Unreadable:
            continue
    return messages, len(raws) - len(messages)
