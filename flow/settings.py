"""The settings: one table, read once at the start from the environment that `flow.main` hands in.

`SETTINGS` says for each field of `Settings` its variable, its default, what it is for and how its text is read;
`bedflow settings` and the README print the same table. Nothing else in Bedflow reads the environment.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from flow.addressees import Addressees, addressees
from flow.anchor import Outside, outside
from flow.errors import Misconfigured
from flow.keeps import JOURNAL, LEAST, USUAL, YEAR, Keeps, Span
from flow.setting_words import (
    FLAGS,
    Address,
    Client,
    Network,
    Secret,
    address,
    client_of,
    crash_point,
    flag,
    issuer,
    masked,
    networks,
    one_of,
    optional_path,
    path,
    span,
    speed,
    url,
    whole,
)
from flow.web_push import Push, push_of

CHECKOUT = Path(__file__).resolve().parent.parent
SAMPLE_HOSPITAL = Path(__file__).resolve().parent / "sample" / "city_general.toml"
POSTGRES = ("postgresql", "postgres")
REDIS = ("redis", "rediss", "unix")
WEB = ("http", "https")
LOG_LEVELS = ("debug", "info", "warning", "error")
STREAM_WRITERS = ("wire", "asgi", "sse-starlette")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting with its value; each field is described in `SETTINGS` under the same name."""

    data_dir: Path
    database_url: str | None
    database_owner_url: str | None
    redis_url: str | None
    postgres_bin: Path | None
    redis_bin: Path | None
    http: Address
    mllp: Address
    mllp_tls: Address
    mllp_tls_cert: Path | None
    mllp_tls_key: Path | None
    mllp_tls_client_ca: Path | None
    public_url: str | None
    tls_cert: Path | None
    tls_key: Path | None
    hsts_subdomains: bool
    trusted_proxies: tuple[Network, ...]
    rate_address: int
    rate_token: int
    rate_person: int
    rate_files: int
    rate_store: str
    lan: bool
    second_factor: str
    oidc_issuer: str | None
    oidc_client_id: str
    oidc_client_secret: Secret
    breached_passwords: Path | None
    station_idle: int
    badge_hours: int
    hospital: Path
    demo: bool
    history_days: int
    sim_speed: float
    sim_seed: int
    clock_speed: float
    undo_seconds: int
    max_frame_bytes: int
    mllp_stall_seconds: int
    mllp_connections: int
    notify: Addressees
    chromium: Path | None
    push: Push | None
    audit_anchor: Outside
    backup: Path | None
    backup_passphrase: Path | None
    keep_letters: Span
    keep_history: Span
    keep_audit: Span
    keep_openings: Span
    keep_doctors: Span
    abdm_client: Client | None
    stream_writer: str
    log_level: str
    log_carried_to: str
    crash_at: str

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings; raises `Misconfigured` naming the variable for a value that cannot be read or an unknown `BEDFLOW_*`."""
        _refuse_unknown(environ)
        return cls(**{setting.name: setting.read(environ) for setting in SETTINGS})

    @property
    def origin(self) -> str:
        """The address people type, without a slash at the end: `public_url`, else localhost with the HTTP port."""
        return self.public_url or f"{'https' if self.tls else 'http'}://localhost:{self.http.port}"

    @property
    def tls(self) -> bool:
        """The pages are served over TLS by us, and not by a proxy before us."""
        return self.lan or self.tls_cert is not None

    @property
    def secure(self) -> bool:
        """Browsers reach the pages over TLS: cookies are `__Host-` and Secure, and HSTS is said."""
        return self.tls or self.origin.startswith("https://")

    @property
    def keeps(self) -> Keeps:
        """How long what is kept."""
        return Keeps(self.keep_letters, self.keep_history, self.keep_audit, self.keep_openings, self.keep_doctors)

    def with_hospital(self, file: str) -> "Settings":
        """The same settings for another hospital file."""
        return replace(self, hospital=path(file))

    def with_backup(self, folder: Path | None, passphrase: Path | None) -> "Settings":
        """The same settings with another place for the backup."""
        return replace(self, backup=folder, backup_passphrase=passphrase)

    def printed(self) -> Iterator[tuple["Setting", str]]:
        """Each row of the table with its value as text, passwords masked."""
        for setting in SETTINGS:
            yield setting, setting.show(getattr(self, setting.name))


@dataclass(frozen=True, slots=True)
class Setting:
    """One row: `parse` turns the variable's text into the value and raises `ValueError` saying what it must be."""

    name: str
    variable: str
    default: str | Callable[[Mapping[str, str]], str]
    help: str
    parse: Callable[[str], Any]
    secret: bool = False

    def read(self, environ: Mapping[str, str]) -> Any:
        default = self.default if isinstance(self.default, str) else self.default(environ)
        text = environ.get(self.variable, "").strip() or (self._from_file(environ) if self.secret else "") or default
        try:
            return self.parse(text)
        except ValueError as error:
            shown = "its value" if self.secret else repr(text)
            raise Misconfigured(f"{self.variable}: {shown} cannot be used: it must be {error}.") from None

    def _from_file(self, environ: Mapping[str, str]) -> str:
        """The text of the file that `..._FILE` names, where one does. Misconfigured where others may read it as well."""
        named = environ.get(f"{self.variable}_FILE", "").strip()
        if not named:
            return ""
        file = Path(named).expanduser()
        try:
            others = file.stat().st_mode & 0o007
            text = file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Misconfigured(f"{self.variable}_FILE: {file} cannot be read ({getattr(error, 'strerror', None) or 'no text'}).") from None
        if others:
            raise Misconfigured(f"{self.variable}_FILE: others on this machine may read {file}; say `chmod o= {file}`.")
        return text

    def show(self, value: Any) -> str:
        text = "" if value is None else ",".join(map(str, value)) if isinstance(value, tuple) and type(value) is tuple else str(value)
        return masked(text) if self.secret else text


def default_data_dir(environ: Mapping[str, str]) -> str:
    """`.data` of the checkout when run from one, so that each checkout is a hospital of its own; else the XDG data home."""
    if (CHECKOUT / "Makefile").exists() and (CHECKOUT / "pyproject.toml").exists():
        return str(CHECKOUT / ".data")
    home = environ.get("XDG_DATA_HOME") or f"{environ.get('HOME', '~')}/.local/share"
    return f"{home}/bedflow"


def _default_anchor(environ: Mapping[str, str]) -> str:
    return str(Path(environ.get("BEDFLOW_DATA_DIR", "").strip() or default_data_dir(environ)) / "audit-anchor.txt")


def _default_second_factor(environ: Mapping[str, str]) -> str:
    return "offered" if FLAGS.get(environ.get("BEDFLOW_DEMO", "").strip().lower(), False) else "required"


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    both = [name for name in _FILES if environ.get(name, "").strip() and environ.get(name.removesuffix("_FILE"), "").strip()]
    if both:
        raise Misconfigured(f"{both[0].removesuffix('_FILE')} and {both[0]} are both set; set one.")
    unknown = sorted(name for name in environ if name.startswith("BEDFLOW_") and name not in _VARIABLES and name not in _FILES)
    if unknown:
        raise Misconfigured(f"{', '.join(unknown)}: no such setting. `bedflow settings` lists them.")


SETTINGS = (
    Setting("data_dir", "BEDFLOW_DATA_DIR", default_data_dir, "folder of the embedded stores, the key file and the logs", path),
    Setting("database_url", "DATABASE_URL", "", "your PostgreSQL (15 or newer) in place of the embedded one", url(*POSTGRES), secret=True),
    Setting(
        "database_owner_url",
        "BEDFLOW_DATABASE_OWNER_URL",
        "",
        "the same database as its owner, who makes tables and grants DATABASE_URL's role what it needs; else that one does all",
        url(*POSTGRES),
        secret=True,
    ),
    Setting("redis_url", "REDIS_URL", "", "your Redis or Valkey (7 or newer) in place of the embedded one", url(*REDIS), secret=True),
    Setting("postgres_bin", "BEDFLOW_POSTGRES_BIN", "", "folder with the postgres and initdb programs to embed", optional_path),
    Setting("redis_bin", "BEDFLOW_REDIS_BIN", "", "the valkey-server or redis-server program to embed", optional_path),
    Setting("http", "BEDFLOW_HTTP", "127.0.0.1:8000", "where the pages and the API are served", address),
    Setting("mllp", "BEDFLOW_MLLP", "127.0.0.1:2575", "where HL7 messages are received over MLLP", address),
    Setting("mllp_tls", "BEDFLOW_MLLP_TLS", "127.0.0.1:2576", "where feeds with a client certificate are heard, over TLS 1.3", address),
    Setting("mllp_tls_cert", "BEDFLOW_MLLP_TLS_CERT", "", "our certificate for MLLP over TLS (PEM)", optional_path),
    Setting("mllp_tls_key", "BEDFLOW_MLLP_TLS_KEY", "", "its private key (PEM, without a password)", optional_path),
    Setting("mllp_tls_client_ca", "BEDFLOW_MLLP_TLS_CLIENT_CA", "", "authority that signs the feeds' certificates (PEM)", optional_path),
    Setting("public_url", "BEDFLOW_PUBLIC_URL", "", "the address people type; passkeys and QR codes carry it", url(*WEB)),
    Setting(
        "tls_cert",
        "BEDFLOW_TLS_CERT",
        "",
        "our certificate for the pages (PEM, with its chain); they are then served over TLS 1.3",
        optional_path,
    ),
    Setting(
        "tls_key", "BEDFLOW_TLS_KEY", "", "its private key (PEM, without a password); both are read again when they change", optional_path
    ),
    Setting("hsts_subdomains", "BEDFLOW_HSTS_SUBDOMAINS", "0", "1 tells browsers for a year that all names below ours have TLS", flag),
    Setting(
        "trusted_proxies", "BEDFLOW_TRUSTED_PROXIES", "127.0.0.0/8,::1", "proxies whose X-Forwarded-For is believed, by commas", networks
    ),
    Setting("rate_address", "BEDFLOW_RATE_ADDRESS", "12000", "requests a minute from one address at most; 0: any", whole(0)),
    Setting("rate_token", "BEDFLOW_RATE_TOKEN", "12000", "requests a minute with one API token at most; 0: any", whole(0)),
    Setting("rate_person", "BEDFLOW_RATE_PERSON", "6000", "requests a minute of one person or device at most; 0: any", whole(0)),
    Setting("rate_files", "BEDFLOW_RATE_FILES", "120", "files of figures a minute for one of them at most; 0: any", whole(0)),
    Setting(
        "rate_store",
        "BEDFLOW_RATE_STORE",
        "memory",
        "where tries are counted: memory (each process) or redis (all)",
        one_of("memory", "redis"),
    ),
    Setting("lan", "BEDFLOW_LAN", "0", "1 serves the local network over TLS with a certificate made here", flag),
    Setting(
        "second_factor",
        "BEDFLOW_SECOND_FACTOR",
        _default_second_factor,
        "required: who may see names, administrators and auditors sign in with a second factor; offered (a demo's default): who has one",
        one_of("required", "offered"),
    ),
    Setting("oidc_issuer", "BEDFLOW_OIDC_ISSUER", "", "your provider of sign-ins (OpenID Connect), for [sign_in]", issuer),
    Setting("oidc_client_id", "BEDFLOW_OIDC_CLIENT_ID", "", "what Bedflow is called there", str),
    Setting("oidc_client_secret", "BEDFLOW_OIDC_CLIENT_SECRET", "", "and its secret there; none for a public client", Secret, secret=True),
    Setting(
        "breached_passwords",
        "BEDFLOW_BREACHED_PASSWORDS",
        "",
        "file of SHA-1 digests in order, as Have I Been Pwned gives it away, whose passwords nobody may choose",
        optional_path,
    ),
    Setting(
        "station_idle", "BEDFLOW_STATION_IDLE", "120", "seconds without a deed after which a ward's workstation hides names again", whole(1)
    ),
    Setting("badge_hours", "BEDFLOW_BADGE_HOURS", "24", "hours a badge opens after its owner's last sign-in by your provider", whole(1)),
    Setting("hospital", "BEDFLOW_HOSPITAL", str(SAMPLE_HOSPITAL), "the hospital's TOML file; else the sample of 500 beds", path),
    Setting("demo", "BEDFLOW_DEMO", "0", "1 adds the demo sign-ins and the simulator", flag),
    Setting("history_days", "BEDFLOW_HISTORY_DAYS", "28", "days of made-up history that a demo starts with", whole(0)),
    Setting("sim_speed", "BEDFLOW_SIM_SPEED", "6", "how many times faster than life the simulator plays a stay", speed),
    Setting("sim_seed", "BEDFLOW_SIM_SEED", "1", "the simulator's seed: the same number plays the same hospital", whole(0)),
    Setting("clock_speed", "BEDFLOW_CLOCK_SPEED", "1.0", "how many times faster than life the clock runs; for tests", speed),
    Setting("undo_seconds", "BEDFLOW_UNDO_SECONDS", "10", "how long a tap can be undone by the one who made it", whole(0)),
    Setting("max_frame_bytes", "BEDFLOW_MAX_FRAME_BYTES", str(1 << 20), "the longest HL7 message that is accepted", whole(1024)),
    Setting("mllp_stall_seconds", "BEDFLOW_MLLP_STALL_SECONDS", "30", "how long a half-sent message may pause", whole(1)),
    Setting("mllp_connections", "BEDFLOW_MLLP_CONNECTIONS", "200", "how many HL7 connections are open at most", whole(1)),
    Setting(
        "notify",
        "BEDFLOW_NOTIFY",
        "",
        "apprise addresses (ROLE=ADDRESS) that get messages, or file:PATH; else none leaves",
        addressees,
        secret=True,
    ),
    Setting("chromium", "BEDFLOW_CHROMIUM", "", "a Chromium program, for the daily report as PDF; else it is HTML alone", optional_path),
    Setting("push", "BEDFLOW_PUSH", "", "mailto:YOU and the push services (origins) that phones may use; else no phone is pushed", push_of),
    Setting(
        "audit_anchor",
        "BEDFLOW_AUDIT_ANCHOR",
        _default_anchor,
        "file that the audit chain's head is added to each minute, best on another machine; or run:PROGRAM, which is handed it",
        outside,
    ),
    Setting("backup", "BEDFLOW_BACKUP", "", "folder, best on another machine, that each commit waits to be in as well", optional_path),
    Setting(
        "backup_passphrase",
        "BEDFLOW_BACKUP_PASSPHRASE",
        "",
        "file with the passphrase that seals the vault's key into the backup; else the key stays apart",
        optional_path,
    ),
    Setting(
        "keep_letters",
        "BEDFLOW_KEEP_LETTERS",
        str(JOURNAL),
        "how long the text of HL7 letters is kept, in and out; digest, control id and times stay",
        span(Span(1)),
    ),
    Setting(
        "keep_history", "BEDFLOW_KEEP_HISTORY", str(USUAL), "how long single movements are kept, and with them who moved", span(YEAR, LEAST)
    ),
    Setting("keep_audit", "BEDFLOW_KEEP_AUDIT", str(USUAL), "how long the audit trail is kept", span(YEAR, LEAST)),
    Setting("keep_openings", "BEDFLOW_KEEP_OPENINGS", str(USUAL), "how long reviewed openings of names are kept", span(YEAR, LEAST)),
    Setting("keep_doctors", "BEDFLOW_KEEP_DOCTORS", str(USUAL), "how long the doctors of visits that are over are kept", span(YEAR, LEAST)),
    Setting("abdm_client", "BEDFLOW_ABDM_CLIENT", "", "ID SECRET of the hospital at the ABDM gateway ([abdm])", client_of, secret=True),
    Setting(
        "stream_writer",
        "BEDFLOW_STREAM_WRITER",
        STREAM_WRITERS[0],
        f"what writes the screens' streams, fastest first: {', '.join(STREAM_WRITERS)}",
        one_of(*STREAM_WRITERS),
    ),
    Setting("log_level", "BEDFLOW_LOG_LEVEL", "info", f"least level that is logged: {', '.join(LOG_LEVELS)}", one_of(*LOG_LEVELS)),
    Setting("log_carried_to", "BEDFLOW_LOG_CARRIED_TO", "", "to which machine our log is carried, in words, for `bedflow doctor`", str),
    Setting("crash_at", "BEDFLOW_CRASH_AT", "", "for fault tests: NAME:N kills the process at the N-th passing of a point", crash_point),
)

_VARIABLES = frozenset(setting.variable for setting in SETTINGS)
_FILES = tuple(f"{setting.variable}_FILE" for setting in SETTINGS if setting.secret)
"""Each secret may stand in a file instead."""
assert {field.name for field in fields(Settings)} == {setting.name for setting in SETTINGS}
