"""A page of HTML as PDF, by a Chromium of the machine: a child with a profile of its own, nothing to ask anybody, and a time limit.

The page must carry all it needs: the child resolves no name and is given no proxy that answers, so that nothing leaves the house.
"""

import asyncio
import os
import signal
from pathlib import Path
from tempfile import TemporaryDirectory

from flow.errors import BedflowError

PATIENCE = 45.0
"""Seconds for start and print together; a cold start on a busy machine takes ten."""
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-crash-reporter",
    "--proxy-server=127.0.0.1:9",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",
)


class NotPrinted(BedflowError):
    """There is no PDF; the reason says why."""


async def pdf_of(html: str, chromium: Path, *, patience: float = PATIENCE) -> bytes:
    """The bytes of the PDF. Raises NotPrinted."""
    with TemporaryDirectory(prefix="bedflow-pdf-", ignore_cleanup_errors=True) as folder:
        page, made = Path(folder, "page.html"), Path(folder, "page.pdf")
        await asyncio.to_thread(page.write_text, html, "utf-8")
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # as root Chromium starts with no other
        command = [str(chromium), *_FLAGS, *sandbox, f"--user-data-dir={folder}/profile", f"--print-to-pdf={made}", page.as_uri()]
        await _run(command, patience, folder)
        content = await asyncio.to_thread(_read, made)
        if not content.startswith(b"%PDF-"):
            raise NotPrinted(f"{chromium} made no PDF: is it a Chromium", code="not-printed")
        return content


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


async def _run(command: list[str], patience: float, home: str) -> None:
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": home, "LANG": "C.UTF-8"}
    quiet = asyncio.subprocess.DEVNULL
    try:
        child = await asyncio.create_subprocess_exec(
            *command, stdin=quiet, stdout=quiet, stderr=quiet, env=environment, start_new_session=True
        )
    except OSError as error:
        reason = f"{command[0]} cannot be started ({error.strerror}): set BEDFLOW_CHROMIUM to a Chromium"
        raise NotPrinted(reason, code="not-printed") from error
    try:
        await asyncio.wait_for(child.wait(), patience)
    except TimeoutError:
        raise NotPrinted(f"{command[0]} took longer than {patience:.0f} seconds", code="not-printed") from None
    finally:
        await _end(child)


async def _end(child: asyncio.subprocess.Process) -> None:
    """It and whatever it started."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    await child.wait()
