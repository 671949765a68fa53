"""Every question of `bedflow doctor`, where the answer is weak and where it is well."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from flow.backup.look import State
from flow.checkup import backup, deployment, stores, ways_in
from flow.checkup.deployment import Deployment
from flow.checkup.finding import Finding
from flow.domain.roles import Role
from flow.domain.sign_in_rules import Given, SignInRules
from flow.history.accounts import Token
from flow.history.facts import PostgresFacts
from flow.key_ring import KEY_FILE, Key, Ring, lay_ring
from flow.settings import Address, Settings
from flow.state.facts import RedisFacts
from tests.certificates import Authority

NOW = datetime.now(UTC)


def asked(folder: Path, *feeds: tuple[str, Address], **environ: str) -> Deployment:
    return Deployment(Settings.from_environ({"BEDFLOW_DATA_DIR": str(folder), **environ}), feeds, NOW)


BY_SETTINGS: list[tuple[Callable[[Deployment], Finding], dict[str, str], dict[str, str]]] = [
    (deployment.tls, {"BEDFLOW_HTTP": "0.0.0.0:80"}, {"BEDFLOW_HTTP": "127.0.0.1:80"}),
    (deployment.tls, {"BEDFLOW_HTTP": "10.0.0.5:80"}, {"BEDFLOW_HTTP": "0.0.0.0:443", "BEDFLOW_TLS_CERT": "/c", "BEDFLOW_TLS_KEY": "/k"}),
    (deployment.public_url, {}, {"BEDFLOW_PUBLIC_URL": "https://beds.example"}),
    (deployment.public_url, {"BEDFLOW_PUBLIC_URL": "http://beds.example"}, {"BEDFLOW_PUBLIC_URL": "https://beds.example"}),
    (deployment.demo, {"BEDFLOW_DEMO": "1"}, {}),
    (deployment.settings_for_tests, {"BEDFLOW_CLOCK_SPEED": "60"}, {}),
    (deployment.hospital, {}, {"BEDFLOW_HOSPITAL": "/etc/bedflow/own.toml"}),
    (deployment.anchor, {}, {"BEDFLOW_AUDIT_ANCHOR": "/mnt/other/anchor.txt"}),
    (deployment.anchor, {}, {"BEDFLOW_AUDIT_ANCHOR": "run:/usr/local/bin/carry"}),
    (deployment.log_elsewhere, {}, {"BEDFLOW_LOG_CARRIED_TO": "loghost, by rsyslog"}),
    (deployment.kept, {"BEDFLOW_KEEP_AUDIT": "2 years"}, {"BEDFLOW_KEEP_AUDIT": "7 years"}),
    (deployment.kept, {"BEDFLOW_KEEP_HISTORY": "12 months"}, {}),
    (deployment.kept, {"BEDFLOW_KEEP_OPENINGS": "12 months"}, {}),
    (deployment.second_factor, {"BEDFLOW_SECOND_FACTOR": "offered"}, {"BEDFLOW_SECOND_FACTOR": "required"}),
    (deployment.breached, {}, {"BEDFLOW_BREACHED_PASSWORDS": "/srv/pwned.txt"}),
    (deployment.rates, {"BEDFLOW_RATE_TOKEN": "0"}, {}),
    (deployment.rates, {"BEDFLOW_RATE_FILES": "0"}, {}),
    (deployment.copies, {}, {}),
    (deployment.key_elsewhere, {}, {}),
    (deployment.data_dir, {}, {}),
    (deployment.vault_key, {}, {}),
    (deployment.key_age, {}, {}),
    (deployment.disk, {}, {}),
    (deployment.feeds, {}, {}),
]
WITH_FILES = (
    *(deployment.copies, deployment.key_elsewhere, deployment.data_dir, deployment.vault_key, deployment.key_age),
    *(deployment.disk, deployment.feeds),
)


@pytest.mark.parametrize(
    ("check", "weak", "well"), [each for each in BY_SETTINGS if each[0] not in WITH_FILES], ids=lambda each: getattr(each, "__name__", None)
)
def test_a_setting_that_is_weak_is_named_with_its_cure(
    check: Callable[[Deployment], Finding], weak: dict[str, str], well: dict[str, str], tmp_path: Path
) -> None:
    found = check(asked(tmp_path, **weak))
    assert found.weak
    assert "BEDFLOW_" in found.do
    assert not check(asked(tmp_path, **well)).weak


def test_every_check_is_tried_here() -> None:
    assert {check for check, _, _ in BY_SETTINGS} == set(deployment.CHECKS)
    named = {name for name, found in vars(stores).items() if inspect.isfunction(found) and found.__module__ == stores.__name__}
    assert named - {"look"} == {check.__name__ for check, _, _ in BY_FACTS} | {"clock"}


def test_who_may_read_the_data_directory_and_its_key(tmp_path: Path) -> None:
    key = tmp_path / "vault.key"
    assert deployment.vault_key(asked(tmp_path)).weak, "it is not there"
    key.write_text("k")
    for path, check in ((tmp_path, deployment.data_dir), (key, deployment.vault_key)):
        path.chmod(0o750)
        assert f"chmod go= {path}" in check(asked(tmp_path)).do
        path.chmod(0o700)
        assert not check(asked(tmp_path)).weak


def test_a_key_older_than_a_year_is_to_be_changed(tmp_path: Path) -> None:
    assert "cannot be used" in deployment.key_age(asked(tmp_path)).found
    ring = Ring({1: Key(bytes(32), NOW - timedelta(days=366))})
    lay_ring(tmp_path / KEY_FILE, ring)
    old = deployment.key_age(asked(tmp_path))
    assert old.found == "366 days" and "bedflow key add" in old.do
    lay_ring(tmp_path / KEY_FILE, ring.with_new(NOW))
    assert not deployment.key_age(asked(tmp_path)).weak


def test_a_backup_that_nobody_follows_is_weak() -> None:
    state = State(("The newest copy is base-1.", "Commits do not wait."), ("Commits do not wait.",))
    found = backup.followed(state)
    assert (found.weak, found.found) == (True, "Commits do not wait. The newest copy is base-1.")
    assert not backup.followed(State(("Each commit waits.",), ())).weak


def test_a_backup_is_there_new_and_has_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "backup"
    place.mkdir()
    with_backup = asked(tmp_path, BEDFLOW_BACKUP=str(place))
    assert deployment.copies(asked(tmp_path)).weak
    assert deployment.copies(with_backup).do == "Run `bedflow backup`."
    for hours, weak in ((40, True), (3, False)):
        copy = SimpleNamespace(manifest=SimpleNamespace(made_at=NOW - timedelta(hours=hours)))
        monkeypatch.setattr("flow.backup.folder.Folder.copies", lambda _, copy=copy: [copy])
        assert deployment.copies(with_backup).weak is weak
    assert deployment.key_elsewhere(with_backup).weak
    (place / "vault.key.sealed").write_text("sealed")
    assert not deployment.key_elsewhere(with_backup).weak


@pytest.mark.parametrize(("free", "total", "weak"), [(4 << 30, 20 << 30, True), (9 << 30, 100 << 30, True), (50 << 30, 100 << 30, False)])
def test_room_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, total: int, weak: bool) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free, total=total))
    assert deployment.disk(asked(tmp_path / "not" / "made")).weak is weak


def test_a_feed_without_tls_from_another_machine(tmp_path: Path) -> None:
    home, away = ("his", Address("127.0.0.1", 2575)), ("lab", Address("0.0.0.0", 2576))
    assert not deployment.feeds(asked(tmp_path, home)).weak
    found = deployment.feeds(asked(tmp_path, home, away))
    assert found.weak
    assert "lab at 0.0.0.0:2576" in found.found
    assert "his" not in found.found


def test_certificates_near_their_end_and_keys_that_others_read(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    for days, weak in ((10, True), (90, False)):
        own = authority.signs("beds", days=days)
        own.key.chmod(0o600)
        served = asked(tmp_path, BEDFLOW_TLS_CERT=str(own.cert), BEDFLOW_TLS_KEY=str(own.key))
        assert [each.weak for each in deployment.certificates(served)][:2] == [weak, False]
        own.key.chmod(0o644)
        assert [each.weak for each in deployment.certificates(served)][:2] == [weak, True]
    feed = asked(tmp_path, BEDFLOW_MLLP_TLS_CERT=str(tmp_path / "none.pem"))
    (found,) = deployment.certificates(feed)
    assert (found.about, found.weak) == ("Certificate of HL7", True)
    assert list(deployment.certificates(asked(tmp_path))) == []


def test_a_certificate_that_no_browser_trusts_is_weak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name or an authority that is another's, or one's own; the list of authorities is this machine's."""
    authority = Authority(tmp_path)
    own = authority.signs("beds")

    def found(host: str) -> Finding:
        *_, last = deployment.certificates(
            asked(tmp_path, BEDFLOW_TLS_CERT=str(own.cert), BEDFLOW_TLS_KEY=str(own.key), BEDFLOW_PUBLIC_URL=host)
        )
        return last

    strange = found("https://127.0.0.1")
    assert strange.weak and "CN=authority: unable to get local issuer certificate" in strange.found and "BEDFLOW_TLS_CERT" in strange.do
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.cert))
    assert found("https://127.0.0.1") == Finding("Who signed the pages' certificate", "CN=authority: trusted here")
    assert "Hostname mismatch" in found("https://beds.example").found and found("https://beds.example").weak
    assert not found("").weak, "the name people type is another question"


GOOD = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
POSTGRES = PostgresFacts(version=16, settings=GOOD, superuser=False, alters=(), local=False, encrypted=True, now=NOW)
REDIS = RedisFacts(bounded=True, kept=False, local=False, host="cache", encrypted=True)
BY_FACTS: list[tuple[Callable[[Any], Finding], Any, Any]] = [
    (stores.postgres_version, replace(POSTGRES, version=14), POSTGRES),
    (stores.durability, replace(POSTGRES, settings={**GOOD, "fsync": "off"}), POSTGRES),
    (stores.durability, replace(POSTGRES, settings={**GOOD, "synchronous_commit": "off"}), POSTGRES),
    (stores.role, replace(POSTGRES, superuser=True), replace(POSTGRES, superuser=True, local=True)),
    (stores.record, replace(POSTGRES, alters=("audit", "log")), POSTGRES),
    (stores.way_to_postgres, replace(POSTGRES, encrypted=False), replace(POSTGRES, encrypted=False, local=True)),
    (stores.redis_user, replace(REDIS, bounded=False), replace(REDIS, bounded=False, local=True)),
    (stores.redis_disk, replace(REDIS, kept=True), REDIS),
    (stores.way_to_redis, replace(REDIS, encrypted=False), replace(REDIS, encrypted=False, host="127.0.0.1")),
]


@pytest.mark.parametrize(("check", "weak", "well"), BY_FACTS, ids=lambda each: getattr(each, "__name__", None))
def test_what_a_store_says_of_itself(check: Callable[[Any], Finding], weak: Any, well: Any) -> None:
    assert check(weak).weak
    assert not check(well).weak


def test_two_clocks_agree() -> None:
    assert stores.clock(POSTGRES, NOW + timedelta(seconds=3)).weak
    assert stores.clock(POSTGRES, NOW - timedelta(seconds=3)).weak
    assert not stores.clock(POSTGRES, NOW + timedelta(seconds=1)).weak


def test_a_deployment_that_is_well_has_no_weak_answer(tmp_path: Path) -> None:
    """All answers of the stores; those of the deployment each stand above."""
    assert not [each for each in stores.look(POSTGRES, REDIS, NOW) if each.weak]
    assert len(list(deployment.look(asked(tmp_path)))) == len(deployment.CHECKS)


def test_tokens_that_run_out_are_named_before_they_do() -> None:
    def token(number: str, days: float | None, *, revoked: bool = False) -> Token:
        return Token(number, Role.INTEGRATION, None, NOW, revoked, NOW + timedelta(days=days) if days is not None else None)

    assert ways_in.tokens([], NOW) == Finding("API tokens", "none")
    assert not ways_in.tokens([token("t1", 31), token("t2", -1, revoked=True)], NOW).weak
    found = ways_in.tokens([token("t1", 12.5), token("t2", -1), token("t3", 0.5), token("t4", 300)], NOW)
    assert found.found == "run out: t2; will run out: t1 (integration) in 12 days, t3 (integration) in less than a day"
    assert "bedflow token create" in found.do
    assert ways_in.tokens([token("t5", None)], NOW).weak


def test_a_provider_whose_groups_nobody_named_lets_nobody_in() -> None:
    assert not ways_in.provider(None, SignInRules()).weak
    assert "[sign_in.groups]" in ways_in.provider("https://sso.example", SignInRules()).do
    assert not ways_in.provider("https://sso.example", SignInRules(groups=(Given("desk", Role.ADMISSIONS),))).weak
