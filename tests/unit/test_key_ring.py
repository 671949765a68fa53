"""The key file through the years: keys come and go, pseudonyms stay, and a vault in use follows it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow import crash, vault
from flow.errors import Misconfigured, Refused
from flow.key_ring import KEY_FILE, LIFELONG, Key, Ring, lay_ring, made_at, read_ring
from flow.vault import Tampered, Vault, key_of, open_vault

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
AAD = b"person|7"
FIRST = Ring({1: Key(bytes(32))})


def added(folder: Path) -> Ring:
    """A key more in a folder's file."""
    ring = read_ring(folder / KEY_FILE).with_new(NOW)
    lay_ring(folder / KEY_FILE, ring)
    return ring


def as_long_as_a_look(opened: Vault) -> None:
    """As if a second had passed."""
    opened._looked = 0.0


@given(steps=st.lists(st.one_of(st.none(), st.integers(1, 12)), max_size=20))
def test_whatever_is_added_and_dropped_pseudonyms_stay_and_what_is_left_is_written(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int | None]
) -> None:
    ring = FIRST
    for step in steps:
        try:
            ring = ring.with_new(NOW) if step is None else ring.without(step)
        except Refused:
            assert step is not None and (step not in ring.keys or step == ring.current)
    assert {purpose: ring.lifelong(purpose) for purpose in LIFELONG} == {purpose: FIRST.lifelong(purpose) for purpose in LIFELONG}
    path = tmp_path_factory.mktemp("ring") / KEY_FILE
    lay_ring(path, ring)
    assert read_ring(path) == ring
    assert path.stat().st_mode & 0o777 == 0o600
    assert open_vault(path.parent).blind("mrn", "4711") == Vault({1: bytes(32)}, 1).blind("mrn", "4711")


def test_the_first_key_is_gone_with_all_that_it_opens(tmp_path: Path) -> None:
    before = open_vault(tmp_path)
    sealed, old = before.seal(b"Mrs Jones", AAD), read_ring(tmp_path / KEY_FILE).keys[1].secret.hex()
    lay_ring(tmp_path / KEY_FILE, added(tmp_path).without(1))
    assert old not in (tmp_path / KEY_FILE).read_text()
    after = open_vault(tmp_path)
    with pytest.raises(Tampered, match="key 1"):
        after.open(sealed, AAD)
    assert after.key("audit chain") == before.key("audit chain") and after.ring.first is None


def test_a_vault_in_use_opens_what_another_process_sealed_with_a_new_key_at_once(tmp_path: Path) -> None:
    served = open_vault(tmp_path)
    added(tmp_path)
    assert key_of(served.seal(b"x", AAD)) == 1, "it looks once a second"
    assert served.open(open_vault(tmp_path).seal(b"Mrs Jones", AAD), AAD) == b"Mrs Jones"
    assert key_of(served.seal(b"x", AAD)) == 2


def test_a_vault_in_use_seals_with_the_new_key_within_a_look(tmp_path: Path) -> None:
    served = open_vault(tmp_path)
    added(tmp_path)
    as_long_as_a_look(served)
    assert key_of(served.seal(b"x", AAD)) == 2
    assert 0 < vault.LOOK <= 1


def test_what_was_found_is_found_by_either_key(tmp_path: Path) -> None:
    served = open_vault(tmp_path)
    key, before = served.index("abha", "00-1")
    added(tmp_path)
    as_long_as_a_look(served)
    newer, after = served.index("abha", "00-1")
    assert (key, newer) == (1, 2) and before != after
    assert served.indices("abha", "00-1") == [after, before]
    lay_ring(tmp_path / KEY_FILE, read_ring(tmp_path / KEY_FILE).without(1))
    as_long_as_a_look(served)
    assert served.indices("abha", "00-1") == [after]


@pytest.mark.parametrize("mode", [0o600, 0o640])
def test_a_vault_in_use_takes_no_other_hospitals_file_and_none_that_others_read(tmp_path: Path, mode: int) -> None:
    served = open_vault(tmp_path)
    pseudonym, sealed = served.blind("mrn", "4711"), served.seal(b"x", AAD)
    lay_ring(tmp_path / KEY_FILE, Ring({1: Key(b"\x01" * 32), 2: Key(b"\x02" * 32)}))
    (tmp_path / KEY_FILE).chmod(mode)
    as_long_as_a_look(served)
    assert served.seal(b"x", AAD)[:3] == sealed[:3]
    assert served.open(sealed, AAD) == b"x" and served.blind("mrn", "4711") == pseudonym


def test_a_kill_before_the_file_is_moved_into_its_place_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_vault(tmp_path)
    before = (tmp_path / KEY_FILE).read_bytes()

    def killed(_point: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(crash, "here", killed)
    with pytest.raises(KeyboardInterrupt):
        added(tmp_path)
    assert (tmp_path / KEY_FILE).read_bytes() == before


def test_the_key_that_seals_is_not_dropped() -> None:
    with pytest.raises(Refused, match="is the one that seals"):
        FIRST.without(1)
    with pytest.raises(Refused, match="no key 7"):
        FIRST.without(7)


def test_a_ring_that_lost_a_secret_for_life_is_refused(tmp_path: Path) -> None:
    path = tmp_path / KEY_FILE
    lay_ring(path, FIRST.with_new(NOW).without(1))
    path.write_text("\n".join(path.read_text().splitlines()[:-1]))
    with pytest.raises(Misconfigured, match="backup"):
        open_vault(tmp_path)


def test_a_key_is_as_old_as_its_note_else_as_its_file(tmp_path: Path) -> None:
    path = tmp_path / KEY_FILE
    lay_ring(path, FIRST)
    assert abs(made_at(path) - datetime.now(UTC)) < timedelta(minutes=1)
    lay_ring(path, FIRST.with_new(NOW))
    assert made_at(path) == NOW
