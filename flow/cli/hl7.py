"""`bedflow hl7 ...`: send a recorded feed over MLLP, check messages, put a parked letter back."""

import json
from dataclasses import asdict
from pathlib import Path
from ssl import SSLContext

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from adt_feed.sender import Tally, read_er7
from adt_feed.sender import send as transmit
from adt_feed.tls import client_context
from flow import main
from flow.cli.conformance import check
from flow.cli.start import run, settings

_CODES = ("aa", "ca", "ae", "ce", "ar", "cr")

app = typer.Typer(help="HL7 letters.", no_args_is_help=True)
app.command()(check)


@app.command()
def send(
    feed: Path,
    to: str = typer.Option("", help="host:port; else BEDFLOW_MLLP."),
    window: int = typer.Option(16, help="How many messages are under way at once."),
    as_json: bool = typer.Option(False, "--json"),
    tls_ca: Path | None = typer.Option(None, help="Send over TLS 1.3: the authority that signed the receiver's certificate (PEM)."),
    tls_cert: Path | None = typer.Option(None, help="Our certificate (PEM)."),
    tls_key: Path | None = typer.Option(None, help="Its key (PEM)."),
) -> None:
    """Send the messages of a file over MLLP and count the answers: plain, framed, or a batch (FHS, BHS), which is checked first.

    Exits 1 unless every one was accepted, 2 where the file holds no message.
    """
    host, port = _address(to)
    context = _tls(tls_ca, tls_cert, tls_key)
    messages = _messages(feed)
    tally = run(_send(messages, host, port, window, context))
    if as_json:
        print(json.dumps(asdict(tally)))
    else:
        codes = ", ".join(f"{getattr(tally, code)} {code.upper()}" for code in _CODES if getattr(tally, code))
        print(f"{len(messages)} messages, {tally.answered} answered: {codes or 'none'}; {tally.resent} sent again.")
    if tally.accepted + tally.silent < len(messages):
        raise typer.Exit(1)


def _messages(file: Path) -> list[bytes]:
    try:
        found = read_er7(file)
    except OSError as problem:
        raise typer.BadParameter(f"{file}: {problem.strerror}", param_hint="FEED") from problem
    if not found:
        raise typer.BadParameter(f"{file} holds no message: no line begins with MSH and its separators.", param_hint="FEED")
    return found


def _tls(ca: Path | None, cert: Path | None, key: Path | None) -> SSLContext | None:
    if ca and cert and key:
        return client_context(ca, cert, key)
    if ca or cert or key:
        raise typer.BadParameter("TLS takes all three: --tls-ca, --tls-cert and --tls-key", param_hint="--tls-ca")
    return None


async def _send(messages: list[bytes], host: str, port: int, window: int, context: SSLContext | None) -> Tally:
    columns = (TextColumn("Sending"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("send", total=len(messages))
        return await transmit(messages, host, port, window=window, ssl=context, on_ack=lambda _message, _code: progress.advance(task))


def _address(to: str) -> tuple[str, int]:
    if not to:
        found = settings().mllp
        return found.host, found.port
    host, _, port = to.rpartition(":")
    if not port.isdigit():
        raise typer.BadParameter("use host:port, like 127.0.0.1:2575", param_hint="--to")
    return host or "127.0.0.1", int(port)


@app.command()
def replay(letter: int) -> None:
    """Put a parked letter back into the queue; the running house takes it up at once."""

    async def work() -> None:
        async with main.open_house(settings()) as house:
            await house.inbox.replay(letter)
            await house.desk.open()
            await house.desk.take_letters()

    run(work())
    print(f"Letter {letter} was taken up again; see /admin for what became of it.")
