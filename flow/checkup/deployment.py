"""A deployment by its settings, its hospital file and the files these name."""

import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from flow.backup.folder import Folder
from flow.checkup import trusted
from flow.checkup.finding import Finding
from flow.errors import Misconfigured
from flow.keeps import USUAL
from flow.key_ring import KEY_FILE, made_at
from flow.setting_words import Address
from flow.settings import SAMPLE_HOSPITAL, Settings
from flow.tls import first_certificate

SOON = timedelta(days=21)
OLD_KEY = timedelta(days=365)
LEAST_FREE, LEAST_SHARE = 5 << 30, 0.1
ROOM = "Make room, or move BEDFLOW_DATA_DIR to a larger disk: PostgreSQL stops when it is full."


@dataclass(frozen=True, slots=True)
class Deployment:
    """`open_feeds` are the feeds that are heard without TLS, and where; `now` is this machine's time."""

    settings: Settings
    open_feeds: tuple[tuple[str, Address], ...]
    now: datetime


def on_this_machine(host: str) -> bool:
    """Whether only this machine itself reaches what listens there."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def tls(asked: Deployment) -> Finding:
    """Names travel to browsers over TLS alone."""
    found = asked.settings
    if found.tls:
        return Finding("TLS for the pages", "served here, 1.3")
    if on_this_machine(found.http.host):
        return Finding("TLS for the pages", "left to a proxy on this machine")
    do = "Set BEDFLOW_TLS_CERT and BEDFLOW_TLS_KEY, or listen on 127.0.0.1 behind a proxy (`bedflow proxy nginx`)."
    return Finding("TLS for the pages", f"none, and {found.http} is reached from other machines", do)


def public_url(asked: Deployment) -> Finding:
    """Cookies, passkeys and links stand on it."""
    url = asked.settings.public_url
    do = "" if url and url.startswith("https://") else "Set BEDFLOW_PUBLIC_URL to the https:// address people type."
    return Finding("Public address", url or "not set", do)


def demo(asked: Deployment) -> Finding:
    """Demo sign-ins are known to everybody who has read the log."""
    on = asked.settings.demo
    return Finding("Demo", "on" if on else "off", "Unset BEDFLOW_DEMO, and start with a data directory of its own." if on else "")


def settings_for_tests(asked: Deployment) -> Finding:
    """What only tests need."""
    found = asked.settings
    on = [name for name, is_on in (("BEDFLOW_CLOCK_SPEED", found.clock_speed != 1.0), ("BEDFLOW_CRASH_AT", bool(found.crash_at))) if is_on]
    return Finding("Settings for tests", ", ".join(on) or "none", f"Unset {' and '.join(on)}." if on else "")


def hospital(asked: Deployment) -> Finding:
    """A sample has other people's beds."""
    sample = asked.settings.hospital == SAMPLE_HOSPITAL
    do = "Write your own and name it in BEDFLOW_HOSPITAL (`bedflow hospital --help`)." if sample else ""
    return Finding("Hospital file", "the sample that is shipped" if sample else str(asked.settings.hospital), do)


def data_dir(asked: Deployment) -> Finding:
    """Nobody else looks in."""
    return _closed("Data directory", asked.settings.data_dir)


def vault_key(asked: Deployment) -> Finding:
    """Whoever reads it reads every name."""
    return _closed("Key of names", asked.settings.data_dir / KEY_FILE)


def key_age(asked: Deployment) -> Finding:
    """What one key sealed in years lies open when it is lost once."""
    try:
        age = asked.now - made_at(asked.settings.data_dir / KEY_FILE)
    except Misconfigured as error:
        return Finding("Age of the key", error.reason, "See that it is there, and yours.")
    do = "Run `bedflow key add`, then `bedflow key reseal`, then `bedflow key drop`." if age > OLD_KEY else ""
    return Finding("Age of the key", f"{age.days} days", do)


def key_elsewhere(asked: Deployment) -> Finding:
    """Whoever loses it has lost every name."""
    backup = asked.settings.backup
    if backup is not None and Folder(backup).key.exists():
        return Finding("Copy of the key", f"sealed, in {backup}")
    do = "Set BEDFLOW_BACKUP and BEDFLOW_BACKUP_PASSPHRASE, or keep a copy of vault.key apart: without it no name can be read again."
    return Finding("Copy of the key", "none that I know of", do)


def copies(asked: Deployment) -> Finding:
    """What was acknowledged is on two disks."""
    backup = asked.settings.backup
    if backup is None:
        return Finding("Backup", "none", "Set BEDFLOW_BACKUP to a folder on another machine; `bedflow backup --status` says how it stands.")
    found = Folder(backup).copies()
    if not found:
        return Finding("Backup", f"no whole copy in {backup}", "Run `bedflow backup`.")
    age = asked.now - found[-1].manifest.made_at
    do = "Run `bedflow backup`, and see why none was taken." if age > timedelta(hours=30) else ""
    return Finding("Backup", f"the newest copy is {age.total_seconds() / 3600:.0f} h old", do)


def disk(asked: Deployment) -> Finding:
    """A full disk stops PostgreSQL, and the hospital with it."""
    place = next(folder for folder in (asked.settings.data_dir, *asked.settings.data_dir.parents) if folder.exists())
    usage = shutil.disk_usage(place)
    short = usage.free < LEAST_FREE or usage.free < LEAST_SHARE * usage.total
    return Finding("Disk", f"{usage.free / (1 << 30):.1f} GiB of {usage.total / (1 << 30):.1f} free", ROOM if short else "")


def anchor(asked: Deployment) -> Finding:
    """Whoever can change the trail must not be able to change what it is held against."""
    file = asked.settings.audit_anchor.file
    inside = file is not None and file.is_relative_to(asked.settings.data_dir)
    do = "Set BEDFLOW_AUDIT_ANCHOR to a file on another machine, or to run:PROGRAM that carries it there." if inside else ""
    return Finding("Audit trail's anchor", f"{asked.settings.audit_anchor}", do)


def log_elsewhere(asked: Deployment) -> Finding:
    """Who breaks in here can change what is written here. We write to standard error; who carries it away, only the deployment can say."""
    where, own = asked.settings.log_carried_to, asked.settings.data_dir / "logs"
    do = f"Have standard error and {own} carried to another machine as they are written, and say where in BEDFLOW_LOG_CARRIED_TO."
    return Finding("Log on another machine", where or "nobody has said that it is", "" if where else do)


def kept(asked: Deployment) -> Finding:
    """The law asks for a year, an inquiry for more."""
    found = asked.settings.keeps
    record = (
        ("BEDFLOW_KEEP_HISTORY", found.history),
        ("BEDFLOW_KEEP_AUDIT", found.trail),
        ("BEDFLOW_KEEP_OPENINGS", found.openings),
    )
    short = [f"{name}={span}" for name, span in record if span < USUAL]
    told = f"letters {found.letters}, movements {found.history}, trail {found.trail}"
    do = f"Set {' and '.join(short)} back to {USUAL}, unless your lawyer has said so." if short else ""
    return Finding("How long is kept", told, do)


def second_factor(asked: Deployment) -> Finding:
    """A password alone is guessed, seen or told."""
    kind = asked.settings.second_factor
    return Finding("Second factor", kind, "" if kind == "required" else "Set BEDFLOW_SECOND_FACTOR=required.")


def breached(asked: Deployment) -> Finding:
    """Passwords that are in every guesser's list."""
    file = asked.settings.breached_passwords
    do = "" if file is not None else "Lay down Have I Been Pwned's list (SHA-1, ordered by hash) and name it in BEDFLOW_BREACHED_PASSWORDS."
    return Finding("Known bad passwords", str(file or "only the short list that is built in"), do)


def feeds(asked: Deployment) -> Finding:
    """Letters hold names."""
    bare = [f"{feed} at {address}" for feed, address in asked.open_feeds if not on_this_machine(address.host)]
    do = "Give each a `client` in the hospital file and set BEDFLOW_MLLP_TLS_*, or let it come by a tunnel to 127.0.0.1." if bare else ""
    return Finding("HL7 feeds", f"without TLS from other machines: {', '.join(bare)}" if bare else "none without TLS from elsewhere", do)


def rates(asked: Deployment) -> Finding:
    """One caller must not have the whole server."""
    found = asked.settings
    limits = {"ADDRESS": found.rate_address, "TOKEN": found.rate_token, "PERSON": found.rate_person, "FILES": found.rate_files}
    off = [f"BEDFLOW_RATE_{name}" for name, most in limits.items() if not most]
    return Finding("Limits of rate", f"{', '.join(off)} off" if off else "on", f"Unset {' and '.join(off)}." if off else "")


CHECKS: tuple[Callable[[Deployment], Finding], ...] = (
    *(tls, public_url, demo, settings_for_tests, hospital, data_dir, vault_key, key_age, key_elsewhere, copies, disk),
    *(anchor, log_elsewhere, kept, second_factor, breached, feeds, rates),
)


def certificates(asked: Deployment) -> Iterator[Finding]:
    """Each certificate that is served, and its private key."""
    found = asked.settings
    for about, cert, key in (("pages", found.tls_cert, found.tls_key), ("HL7", found.mllp_tls_cert, found.mllp_tls_key)):
        if cert is not None:
            yield _certificate(f"Certificate of {about}", cert, asked.now)
        if key is not None:
            yield _closed(f"Key of {about}'s certificate", key)
    if found.tls_cert is not None and found.tls_key is not None:
        yield trusted.signed(found.tls_cert, found.tls_key, urlsplit(found.public_url or "").hostname or "")


def _certificate(about: str, file: Path, now: datetime) -> Finding:
    try:
        until = first_certificate(file).not_valid_after_utc
    except Misconfigured as error:
        return Finding(about, error.reason, "Lay down a certificate that can be read.")
    do = "Renew it: it is taken without a restart." if until - now < SOON else ""
    return Finding(about, f"good until {until:%Y-%m-%d}", do)


def _closed(about: str, path: Path) -> Finding:
    """Whether only its owner reads a file or folder."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        return Finding(about, f"{path}: {error.strerror}", "See that it is there, and yours.")
    return Finding(about, f"{path} ({mode:04o})", f"Others may read it: chmod go= {path}" if mode & 0o077 else "")


def look(asked: Deployment) -> Iterator[Finding]:
    """Every answer."""
    for check in CHECKS:
        yield check(asked)
    yield from certificates(asked)
