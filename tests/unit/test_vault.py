"""The vault: what goes in comes out, and nothing else opens it. The key file lives in a temporary folder."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.errors import Misconfigured
from flow.key_ring import KEY_FILE
from flow.vault import Tampered, Vault, open_vault

ONE = Vault({1: bytes(32)}, current=1)
AAD = b"people.name.7"


@given(plain=st.binary(max_size=4096), aad=st.binary(max_size=64))
def test_a_sealed_value_opens(plain: bytes, aad: bytes) -> None:
    assert ONE.open(ONE.seal(plain, aad), aad) == plain


@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_one_changed_bit_is_noticed(at: int, bit: int) -> None:
    sealed = bytearray(ONE.seal(b"Mrs Jones", AAD))
    sealed[at % len(sealed)] ^= 1 << bit
    with pytest.raises(Tampered):
        ONE.open(bytes(sealed), AAD)


@pytest.mark.parametrize("cut", [0, 1, 3, 15, 30, 39])
def test_a_shortened_value_is_noticed(cut: int) -> None:
    with pytest.raises(Tampered):
        ONE.open(ONE.seal(b"Mrs Jones", AAD)[:cut], AAD)


def test_a_value_moved_to_another_row_does_not_open() -> None:
    with pytest.raises(Tampered, match="another row"):
        ONE.open(ONE.seal(b"Mrs Jones", AAD), b"people.name.8")


def test_equal_values_are_sealed_differently() -> None:
    assert ONE.seal(b"Mrs Jones", AAD) != ONE.seal(b"Mrs Jones", AAD)


def test_the_plain_text_is_not_in_the_sealed_value() -> None:
    sealed = ONE.seal(b"Mrs Jones", AAD)
    assert b"Jones" not in sealed
    assert len(sealed) == len(b"Mrs Jones") + 31


def test_after_a_rotation_old_values_open_and_new_ones_use_the_new_key() -> None:
    rotated = Vault({1: bytes(32), 2: b"\x01" * 32}, current=2)
    assert rotated.open(ONE.seal(b"Mrs Jones", AAD), AAD) == b"Mrs Jones"
    assert rotated.blind("mrn", "4711") == ONE.blind("mrn", "4711")
    with pytest.raises(Tampered, match="key 2"):
        ONE.open(rotated.seal(b"Mrs Jones", AAD), AAD)


def test_another_key_under_the_same_number_does_not_open() -> None:
    with pytest.raises(Tampered):
        Vault({1: b"\x01" * 32}, current=1).open(ONE.seal(b"Mrs Jones", AAD), AAD)


def test_the_blind_index_depends_on_purpose_value_and_key() -> None:
    digests = {ONE.blind("mrn", "4711"), ONE.blind("mrn", "4712"), ONE.blind("abha", "4711"), Vault({1: b"x" * 32}, 1).blind("mrn", "4711")}
    assert len(digests) == 4
    assert ONE.blind("mrn", "4711") == ONE.blind("mrn", "4711")
    assert all(len(digest) == 32 and int(digest, 16) >= 0 for digest in digests)


def test_the_key_file_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    sealed = open_vault(tmp_path).seal(b"Mrs Jones", AAD)
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert open_vault(tmp_path).open(sealed, AAD) == b"Mrs Jones"
    assert list(tmp_path.iterdir()) == [tmp_path / KEY_FILE]


def test_two_data_directories_have_different_keys(tmp_path: Path) -> None:
    folders = tmp_path / "a", tmp_path / "b"
    for folder in folders:
        folder.mkdir()
    sealed = open_vault(folders[0]).seal(b"Mrs Jones", AAD)
    with pytest.raises(Tampered):
        open_vault(folders[1]).open(sealed, AAD)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    open_vault(tmp_path)
    (tmp_path / KEY_FILE).chmod(mode)
    with pytest.raises(Misconfigured, match="chmod 600"):
        open_vault(tmp_path)


@pytest.mark.parametrize("content", ["", "1 abcd\n", "no key", f"0 {'00' * 32}\n", f"1 {'zz' * 32}\n"])
def test_a_damaged_key_file_is_refused_and_kept(tmp_path: Path, content: str) -> None:
    path = tmp_path / KEY_FILE
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(Misconfigured, match="backup"):
        open_vault(tmp_path)
    assert path.read_text() == content


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="BEDFLOW_DATA_DIR"):
        open_vault(tmp_path / "nowhere")
