"""The settings table: what is read, what is refused, what is shown."""

from dataclasses import fields
from pathlib import Path

import pytest

from flow.errors import Misconfigured
from flow.setting_words import Address, masked
from flow.settings import SETTINGS, Setting, Settings, default_data_dir


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = Settings.from_environ({})
    assert settings.http == Address("127.0.0.1", 8000)
    assert settings.mllp == Address("127.0.0.1", 2575)
    assert (settings.database_url, settings.redis_url, settings.public_url) == (None, None, None)
    assert (settings.lan, settings.demo, settings.history_days, settings.undo_seconds) == (False, False, 28, 10)
    assert (settings.sim_speed, settings.clock_speed, settings.max_frame_bytes) == (6.0, 1.0, 1_048_576)
    assert (settings.mllp_stall_seconds, settings.mllp_connections, settings.log_level) == (30, 200, "info")


def test_a_demo_asks_for_no_second_factor_unless_told() -> None:
    said = [{}, {"BEDFLOW_DEMO": "1"}, {"BEDFLOW_DEMO": "0"}, {"BEDFLOW_DEMO": "yes", "BEDFLOW_SECOND_FACTOR": "required"}]
    assert [Settings.from_environ(each).second_factor for each in said] == ["required", "offered", "required", "required"]


def test_the_table_and_the_dataclass_name_the_same_settings() -> None:
    assert [setting.name for setting in SETTINGS] == [field.name for field in fields(Settings)]
    assert len({setting.variable for setting in SETTINGS}) == len(SETTINGS)


def test_every_setting_has_help_and_a_default_that_can_be_read() -> None:
    for setting in SETTINGS:
        assert setting.help
        setting.read({})


@pytest.mark.parametrize(
    ("text", "address"),
    [("0.0.0.0:80", Address("0.0.0.0", 80)), ("[::1]:2575", Address("::1", 2575)), ("ward-pc:65535", Address("ward-pc", 65535))],
)
def test_an_address_is_read_and_written_back(text: str, address: Address) -> None:
    read = Settings.from_environ({"BEDFLOW_HTTP": text}).http
    assert read == address
    assert str(read) == text


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("BEDFLOW_HTTP", "8000"),
        ("BEDFLOW_HTTP", "localhost:"),
        ("BEDFLOW_HTTP", "localhost:0"),
        ("BEDFLOW_HTTP", "localhost:65536"),
        ("BEDFLOW_MLLP", ":2575"),
        ("BEDFLOW_MLLP", "localhost:²"),
        ("BEDFLOW_LAN", "perhaps"),
        ("BEDFLOW_SIM_SPEED", "fast"),
        ("BEDFLOW_SIM_SPEED", "0"),
        ("BEDFLOW_SIM_SPEED", "nan"),
        ("BEDFLOW_CLOCK_SPEED", "inf"),
        ("BEDFLOW_HISTORY_DAYS", "-1"),
        ("BEDFLOW_HISTORY_DAYS", "1.5"),
        ("BEDFLOW_MAX_FRAME_BYTES", "10"),
        ("BEDFLOW_LOG_LEVEL", "loud"),
        ("BEDFLOW_PUBLIC_URL", "beds.example.org"),
        ("DATABASE_URL", "mysql://localhost/beds"),
        ("REDIS_URL", "localhost:6379"),
    ],
)
def test_a_value_that_cannot_be_read_names_its_variable(variable: str, text: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        Settings.from_environ({variable: text})
    assert refused.value.reason.startswith(f"{variable}: ")


def test_a_secret_value_is_not_in_the_refusal() -> None:
    with pytest.raises(Misconfigured) as refused:
        Settings.from_environ({"DATABASE_URL": "mysql://beds:hunter2@localhost/beds"})
    assert "hunter2" not in refused.value.reason


def test_an_unknown_setting_is_refused_by_name() -> None:
    with pytest.raises(Misconfigured, match="BEDFLOW_HTPP"):
        Settings.from_environ({"BEDFLOW_HTPP": "127.0.0.1:8000", "PATH": "/bin"})


@pytest.mark.parametrize(("text", "flag"), [("1", True), ("YES", True), ("on", True), ("0", False), ("no", False), ("", False)])
def test_a_flag_is_read(text: str, flag: bool) -> None:
    assert Settings.from_environ({"BEDFLOW_LAN": text}).lan is flag


def test_the_sample_hospital_is_shipped() -> None:
    assert Settings.from_environ({}).hospital.is_file()


def test_an_empty_variable_means_the_default() -> None:
    assert Settings.from_environ({"BEDFLOW_HISTORY_DAYS": " "}).history_days == 28


def test_a_folder_of_the_home_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ward")
    assert Settings.from_environ({"BEDFLOW_DATA_DIR": "~/beds"}).data_dir == Path("/home/ward/beds")


def test_the_origin_is_what_people_type() -> None:
    assert Settings.from_environ({}).origin == "http://localhost:8000"
    assert Settings.from_environ({"BEDFLOW_LAN": "1", "BEDFLOW_HTTP": "0.0.0.0:8443"}).origin == "https://localhost:8443"
    assert Settings.from_environ({"BEDFLOW_PUBLIC_URL": "https://beds.example.org/"}).origin == "https://beds.example.org"


def test_a_checkout_keeps_its_data_beside_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("flow.settings.CHECKOUT", tmp_path)
    assert default_data_dir({"HOME": "/home/ward"}) == "/home/ward/.local/share/bedflow"
    assert default_data_dir({"HOME": "/home/ward", "XDG_DATA_HOME": "/srv"}) == "/srv/bedflow"
    (tmp_path / "Makefile").touch()
    (tmp_path / "pyproject.toml").touch()
    assert default_data_dir({"HOME": "/home/ward"}) == str(tmp_path / ".data")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://beds:hunter2@db:5432/beds", "postgresql://beds:****@db:5432/beds"),
        ("postgresql://db/beds?password=hunter2", "postgresql://db/beds?****"),
        ("postgresql://db/beds?user=beds", "postgresql://db/beds?user=beds"),
        ("redis://:hunter2@cache/0", "redis://:****@cache/0"),
        ("unix:///run/valkey.sock", "unix:///run/valkey.sock"),
    ],
)
def test_passwords_are_masked(url: str, shown: str) -> None:
    assert masked(url) == shown


def test_the_printed_table_masks_its_secrets() -> None:
    settings = Settings.from_environ({"DATABASE_URL": "postgresql://beds:hunter2@db/beds", "REDIS_URL": "redis://:hunter2@cache"})
    shown = {setting.variable: text for setting, text in settings.printed()}
    assert "hunter2" not in " ".join(shown.values())
    assert shown["BEDFLOW_MLLP"] == "127.0.0.1:2575"


SECRETS = [setting for setting in SETTINGS if setting.secret]
GOOD = {
    "database_owner_url": "postgresql://owner:canary-secret@db/bedflow",
    "database_url": "postgresql://bedflow:canary-secret@db/bedflow",
    "redis_url": "rediss://bedflow:canary-secret@cache:6379/0",
    "notify": "supervisor=json://u:canary-secret@127.0.0.1:9/x",
    "abdm_client": "hospital canary-secret",
    "oidc_client_secret": "canary-secret",
}


@pytest.mark.parametrize("setting", SECRETS, ids=lambda setting: setting.name)
def test_every_secret_may_stand_in_a_file_that_nobody_else_reads(setting: Setting, tmp_path: Path) -> None:
    file, name = tmp_path / "secret", f"{setting.variable}_FILE"
    file.write_text(f"{GOOD[setting.name]}\n")
    file.chmod(0o640)
    found = Settings.from_environ({name: str(file)})
    assert getattr(found, setting.name) == getattr(Settings.from_environ({setting.variable: GOOD[setting.name]}), setting.name)
    assert "canary" not in "".join(value for _, value in found.printed())
    for mode in (0o644, 0o602, 0o606):
        file.chmod(mode)
        with pytest.raises(Misconfigured, match=f"{name}: others on this machine may read") as refusal:
            Settings.from_environ({name: str(file)})
        assert "canary" not in refusal.value.reason
    file.chmod(0o600)
    with pytest.raises(Misconfigured, match=f"{setting.variable} and {name} are both set"):
        Settings.from_environ({name: str(file), setting.variable: GOOD[setting.name]})
    with pytest.raises(Misconfigured, match=f"{name}: .*nowhere cannot be read"):
        Settings.from_environ({name: str(tmp_path / "nowhere")})


def test_what_is_no_secret_has_no_file() -> None:
    with pytest.raises(Misconfigured, match="BEDFLOW_HTTP_FILE: no such setting"):
        Settings.from_environ({"BEDFLOW_HTTP_FILE": "/x"})
