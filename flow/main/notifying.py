"""Handing messages over to apprise (SMS gateways, e-mail, chat). It blocks, so it works in a thread; without addresses nothing leaves.

Its own log lines may hold addresses and answers of gateways; they are not written down.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from flow.addressees import PATIENTS, REPORTS, Addressees
from flow.domain.roles import Role
from flow.errors import Misconfigured
from flow.history.messages import Waiting

log = structlog.get_logger()
PATIENCE = 45.0
"""Seconds for all addresses of a message together."""


class Outcome(StrEnum):
    """What became of a message: somebody has it, nobody has it (it may be tried again), or no answer came and nobody knows;
    or there is nobody to send it to (any more)."""

    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    NOBODY = "nobody"


Send = Callable[[Waiting], Awaitable[Outcome]]
Notify = Callable[..., Outcome]
"""(addresses, text), and files where there are any. Blocks."""
Attach = Callable[[Waiting], Awaitable[Mapping[str, bytes]]]
"""The files of a report, by name."""
Find = Callable[[Waiting], Awaitable[tuple[str, ...]]]


def by_apprise(addresses: tuple[str, ...], text: str, files: Mapping[str, bytes] | None = None) -> Outcome:
    """Send through apprise; a gateway that takes no files gets the text alone. Where one of several addresses took it, it is sent: those
    that did would get it twice."""
    from apprise import Apprise, AppriseResultStatus  # only who is configured pays for its import

    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    sender = Apprise()
    if not sum([sender.add(address) for address in addresses]):
        return Outcome.REFUSED
    with TemporaryDirectory(prefix="bedflow-report-") as folder:
        paths = [Path(folder, name) for name in files or {}]
        for path in paths:
            path.write_bytes((files or {})[path.name])
        status = sender.notify(body=text, title="Bedflow", attach=[str(path) for path in paths] or None, timeout=PATIENCE).status
    if status in (AppriseResultStatus.SUCCESS, AppriseResultStatus.PARTIAL):
        return Outcome.SENT
    return Outcome.UNKNOWN if status is AppriseResultStatus.TIMEOUT else Outcome.REFUSED


def sender(found: Addressees, notify: Notify = by_apprise, *, patient: Find | None = None, report: Attach | None = None) -> Send | None:
    """What sends to these addresses; None where there are none. `patient` finds where a patient's own message goes, and `report` what a
    report's carries, at the last moment.

    Raises Misconfigured for a role that there is not.
    """
    if strange := found.by_role.keys() - {"", PATIENTS, REPORTS, *Role}:
        raise Misconfigured(f"BEDFLOW_NOTIFY: there is no role {min(strange)!r}.")
    if not found:
        return None

    async def send(message: Waiting) -> Outcome:
        own = message.kind == "patient" and patient is not None
        addresses = await patient(message) if own and patient is not None else found.of(message.addressee)
        if not addresses:
            return Outcome.NOBODY
        try:
            files = (await report(message),) if report is not None and message.kind == "report" else ()
            return await asyncio.to_thread(notify, addresses, message.text, *files)
        except Exception as error:  # noqa: BLE001  # whatever a gateway's plugin raises is a refusal, and its text may hold the address
            log.warning("message.failed", message=message.id, error=type(error).__name__)
            return Outcome.REFUSED

    return send
