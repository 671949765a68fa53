"""`bedflow erase`: one person taken out, with the proof; or the proof looked at again."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

import typer

from flow import crash, main
from flow.census import CensusFile, CensusKeeper
from flow.cli.deeds import traced, who
from flow.cli.start import run, settings
from flow.desk import Actor
from flow.domain.cause import Origin
from flow.domain.erasure import Asker, Reason
from flow.erasing import Erasing, Summary
from flow.errors import Misconfigured, Refused
from flow.history.erasures import Erasure
from flow.key_ring import KEY_FILE, read_ring
from flow.main import House
from flow.views.erasures import proof_words, still_opens

W = TypeVar("W", Reason, Asker)
REASONS = "|".join(each.name.lower() for each in Reason)
ASKERS = "|".join(each.name.lower() for each in Asker)


def erase(
    reason: str = typer.Option("asked", help=f"Why: {REASONS}."),
    authority: str = typer.Option("", help="Who gave the record number; empty: this hospital."),
    asked_by: str = typer.Option("person", "--asked-by", help=f"Who asked for it: {ASKERS}."),
    yes: bool = typer.Option(False, "--yes", help="Ask nothing once the record number is read."),
    finish: int | None = typer.Option(None, "--finish", help="Go on with an erasure that was begun and not finished."),
    verify: int | None = typer.Option(None, "--verify", help="Look for what an erasure took out, everywhere; exits 1 where any is found."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """Erase one person: asks for the record number (or reads it from standard input; never on a command line), shows who it is, asks again.

    Names, numbers, letters and answers that speak of the person go; what happened to beds stays, under a pseudonym that leads nowhere.
    """
    crash.arm(settings().crash_at)
    if verify is not None or finish is not None:
        done = run(_verified(verify) if verify is not None else _finished(finish or 0))
    else:
        done = run(_erased((_word(Reason, reason), _word(Asker, asked_by)), authority, yes=yes))
    opens = still_opens(done, read_ring(settings().data_dir / KEY_FILE).keys)
    if as_json:
        print(json.dumps({"erasure": done.id, "done": done.done_at and done.done_at.isoformat(), "counts": done.counts, "notes": done.notes,
                          "proof": done.proof and done.proof.hex(), "found": done.found, "keys_left": opens}))  # fmt: skip
    else:
        print("\n".join(proof_words(done, opens)))
    if done.found:
        raise typer.Exit(1)


async def _erased(why: tuple[Reason, Asker], authority: str, *, yes: bool) -> Erasure:
    async with _erasing() as (house, erasing):
        found = await erasing.find(_number(), authority)
        if found.refusal:
            raise Refused(found.refusal, code="still-here")
        _ask(found, yes=yes)
        number = await erasing.begin(found.patient, why, Actor(who(), Origin.PERSON))
        await traced(house, "erase", erasure=number)
        return await _finish(house, erasing, number)


async def _finished(number: int) -> Erasure:
    async with _erasing() as (house, erasing):
        return await _finish(house, erasing, number)


async def _finish(house: House, erasing: Erasing, number: int) -> Erasure:
    done = await erasing.finish(number)
    assert done.proof is not None
    await traced(house, "erased", erasure=number, patients=len(done.patients), proof=done.proof.hex())
    return done


async def _verified(number: int) -> Erasure:
    async with _erasing() as (house, erasing):
        done = await erasing.verify(number)
        await traced(house, "erase --verify", erasure=number, found=sum((done.found or {}).values()))
        return done


@asynccontextmanager
async def _erasing() -> AsyncIterator[tuple[House, Erasing]]:
    """The house with its desk at work: what is asked of it here is decided here, or by whoever is ahead."""
    async with main.open_house(settings()) as house:
        kept = CensusFile(house.settings.data_dir, house.vault, house.plan.id)
        census = CensusKeeper(house.desk, house.people, house.inbox, house.clock, kept)
        await house.desk.open()
        work = asyncio.create_task(house.desk.run())
        try:
            yield house, Erasing(house.desk, house.people, house.vault, house.clock, census, house.settings.data_dir)
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)


def _number() -> str:
    """The record number: asked for without being shown, or a line of standard input."""
    if sys.stdin.isatty():
        return str(typer.prompt("Record number", hide_input=True, err=True)).strip()
    return sys.stdin.readline().strip()


def _ask(found: Summary, *, yes: bool) -> None:
    merged = f", {found.merged} more record numbers" if found.merged else ""
    typer.echo(f"{found.words}: {found.visits} stays{merged}.", err=True)
    if yes:
        return
    if not sys.stdin.isatty():
        raise Misconfigured("Nobody is there to be asked: say --yes, or run it in a terminal.")
    typer.confirm("Erase this person for good?", abort=True, err=True)


def _word(of: type[W], said: str) -> W:
    try:
        return of[said.upper()]
    except KeyError:
        raise Refused(f"{said} is none of {', '.join(each.name.lower() for each in of)}.", code="unknown-word") from None
