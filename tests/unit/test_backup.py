"""A backup's parts without a server: who is waited for, the key in its box, what lies in the folder, what is refused."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flow.backup.address import address
from flow.backup.folder import Copy, Folder, Manifest, damaged, digest, segment_name, segment_of
from flow.backup.key_file import lay_down, opened, passphrase_of, prints, sealed
from flow.backup.look import FAR, Followed, look_or_say, told
from flow.backup.standing import CALM, PATIENCE, SILENCE, Seen, Standing, Step
from flow.backup.way_back import key_of, lay_back, refuse_full
from flow.errors import Misconfigured, Refused
from flow.settings import Settings

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEY = b"1 " + b"ab" * 32 + b"\n"
WORDS = b"a ward round at half past six"


def steps(*looks: tuple[float, bool, str | None], waited_for: bool = False) -> list[tuple[float, Step]]:
    """What was decided at a row of looks (time, streaming, word), each step carried out."""
    standing, found = Standing(), []
    for at, streaming, word in looks:
        step = standing.decide(Seen(waited_for, streaming, word), at)
        if step is not None:
            waited_for = step is Step.TOGETHER
            found.append((at, step))
    return found


def test_a_receiver_is_waited_for_once_it_has_stayed() -> None:
    assert steps((0, True, "a"), (CALM / 2, True, "b"), (CALM, True, "c"), (9, True, "d")) == [(CALM, Step.TOGETHER)]


def test_one_that_comes_and_goes_is_not_waited_for() -> None:
    assert steps(*((at * CALM / 2, at % 2 == 0, str(at)) for at in range(20))) == []


def test_one_that_died_is_waited_for_no_longer() -> None:
    gone = [(at / 4, False, None) for at in range(1, 20)]
    assert steps((0, True, "a"), *gone, waited_for=True) == [(PATIENCE, Step.ALONE)]


def test_one_that_is_silent_is_as_good_as_dead() -> None:
    silent = [(at / 4, True, "a") for at in range(20)]
    assert steps(*silent, waited_for=True) == [(SILENCE, Step.ALONE)]


def test_a_key_opens_by_its_passphrase_alone() -> None:
    box = sealed(KEY, WORDS)
    assert KEY not in box
    assert opened(box, WORDS) == KEY
    for changed, words in ((box, b"another passphrase!"), (box[:-1] + bytes([box[-1] ^ 1]), WORDS), (b"x" + box, WORDS), (b"", WORDS)):
        with pytest.raises(Refused):
            opened(changed, words)


def test_a_passphrase_must_be_long_and_nobody_elses(tmp_path: Path) -> None:
    file = tmp_path / "words"
    for mode, words in ((0o644, WORDS), (0o600, b"short"), (0o600, b"\n" + WORDS)):
        file.write_bytes(words)
        file.chmod(mode)
        with pytest.raises(Misconfigured):
            passphrase_of(file)
    file.write_bytes(WORDS + b"\nsomething else\n")
    assert passphrase_of(file) == WORDS
    with pytest.raises(Misconfigured):
        passphrase_of(tmp_path / "none")


def test_a_key_is_sealed_anew_when_it_has_changed(tmp_path: Path) -> None:
    place = tmp_path / "vault.key.sealed"
    lay_down(place, KEY, WORDS)
    first = place.read_bytes()
    lay_down(place, KEY, WORDS)
    assert place.read_bytes() == first, "left alone"
    lay_down(place, KEY + b"2 " + b"cd" * 32 + b"\n", WORDS)
    assert len(prints(opened(place.read_bytes(), WORDS))) == 2
    assert place.stat().st_mode & 0o077 == 0


def manifest(folder: Path, name: str, first: int, last: int, at: datetime = NOW) -> Copy:
    """A copy with one file, whole."""
    path = folder / name
    path.mkdir(parents=True)
    (path / "base.tar.gz").write_bytes(name.encode())
    said = Manifest(
        at, "small", 18, 1, segment_name(1, first), segment_name(1, last), 7, prints(KEY), {"base.tar.gz": digest(path / "base.tar.gz")}
    )
    (path / "manifest.json").write_text(json.dumps(asdict(said) | {"made_at": at.isoformat()}))
    return Copy(path, said)


def laid(folder: Folder, *numbers: int, half: int | None = None, line: int = 1) -> None:
    folder.make()
    for number in numbers:
        (folder.changes / segment_name(line, number)).write_bytes(b"w")
    if half is not None:
        (folder.changes / f"{segment_name(line, half)}.partial").write_bytes(b"w")


def test_segments_are_numbered_as_postgres_does() -> None:
    assert segment_of("0/2000028", 1) == "000000010000000000000002"
    assert segment_of("1/FF000000", 0x1A) == "0000001A00000001000000FF"
    assert segment_name(1, 256) == "000000010000000100000000"


def test_a_gap_is_found_and_a_new_timeline_is_none(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    copy = manifest(tmp_path, "base-1", 2, 2)
    laid(folder, 2, 3, half=4)
    assert (folder.reached(copy), folder.broken_off(copy)) == (4, False)
    laid(folder, 4, half=5, line=2)
    assert not folder.broken_off(copy)
    laid(folder, 7, line=2)
    assert folder.broken_off(copy)


def test_changes_that_begin_after_the_copys_own_end_follow_it(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    copy = manifest(tmp_path, "base-1", 2, 3)
    laid(folder, 4)
    assert not folder.broken_off(copy), "the copy has 2 and 3 itself"


def test_two_copies_are_kept_and_the_changes_since(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    laid(folder, *range(1, 10))
    for number in (1, 2, 3):
        manifest(tmp_path, f"base-{number}", number * 3 - 1, number * 3)
    (tmp_path / "base-4.new").mkdir()
    folder.keep(2)
    assert [copy.path.name for copy in folder.copies()] == ["base-2", "base-3"]
    assert min(file.name for file in folder.changes.iterdir()) == segment_name(1, 5)
    assert not (tmp_path / "base-4.new").exists()


def test_a_damaged_or_missing_file_is_named(tmp_path: Path) -> None:
    copy = manifest(tmp_path, "base-1", 2, 2)
    assert damaged(copy) == []
    (copy.path / "base.tar.gz").write_bytes(b"other")
    assert damaged(copy) == ["base.tar.gz"]
    (copy.path / "base.tar.gz").unlink()
    assert damaged(copy) == ["base.tar.gz"]


def settings(tmp_path: Path, **environ: str) -> Settings:
    return Settings.from_environ({"BEDFLOW_DATA_DIR": str(tmp_path / "data"), **environ})


def test_nothing_is_written_over(tmp_path: Path) -> None:
    found = settings(tmp_path)
    refuse_full(found)
    (tmp_path / "data" / "logs").mkdir(parents=True)
    refuse_full(found)
    (tmp_path / "data" / "postgres").mkdir()
    with pytest.raises(Refused, match="not empty"):
        refuse_full(found)
    with pytest.raises(Misconfigured, match="DATABASE_URL"):
        refuse_full(settings(tmp_path, DATABASE_URL="postgresql://there/x"))


def test_what_cannot_be_brought_back_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    folder, found = Folder(tmp_path / "backup"), settings(tmp_path)
    folder.make()

    def refusal() -> str:
        with pytest.raises(Refused) as error:
            lay_back(found, folder, KEY, lambda words: None)
        assert not (tmp_path / "data").exists()
        return error.value.reason

    assert "no whole copy" in refusal()
    copy = manifest(folder.path, "base-1", 2, 2)
    laid(folder, 2, 5)
    assert "gap" in refusal()
    (copy.path / "base.tar.gz").write_bytes(b"other")
    assert "base.tar.gz is not as it was made" in refusal()
    with pytest.raises(Refused, match="not the one of this backup"):
        lay_back(found, folder, b"1 " + b"00" * 32, lambda words: None)


def test_the_key_is_asked_for_where_it_is_not(tmp_path: Path) -> None:
    folder, found = Folder(tmp_path / "backup"), settings(tmp_path)
    folder.make()
    with pytest.raises(Refused, match="--key"):
        key_of(found, folder, None)
    lay_down(folder.key, KEY, WORDS)
    with pytest.raises(Refused, match="--passphrase"):
        key_of(found, folder, None)
    (tmp_path / "apart").write_bytes(KEY)
    assert key_of(found, folder, tmp_path / "apart") == KEY


def test_no_password_stands_on_a_command_line() -> None:
    for dsn in ("postgresql://we:se%40cret@db:5432/bed?sslmode=require", "postgresql://we@db:5432/bed?sslmode=require&password=se%40cret"):
        found = address(dsn)
        assert "cret" not in found.dsn
        assert found.environ == {"PGPASSWORD": "se@cret"}
        assert found.dsn == "postgresql://we@db:5432/bed?sslmode=require&application_name=bedflow_backup"


def test_how_it_stands_is_told_in_words(tmp_path: Path) -> None:
    folder, followed = Folder(tmp_path), Followed(together=True, received="0/3000148", behind=0, heard_at=NOW)
    assert len(told(folder, Followed(), NOW).wrong) == 2
    made = manifest(tmp_path, "base-1", 2, 2)
    laid(folder, 2, half=3)
    well = told(folder, followed, NOW + timedelta(hours=1))
    assert (well.wrong, well.copied_at, well.followed) == ((), made.manifest.made_at, followed)
    assert "Changes are received until 0/3000148, 0 bytes behind." in well.lines
    assert "too old" in told(folder, followed, NOW + timedelta(days=2)).wrong[0]
    assert "65 MB" in told(folder, replace(followed, behind=FAR + (1 << 20)), NOW).wrong[0]
    laid(folder, 9)
    assert "gap" in told(folder, followed, NOW).wrong[0]


async def test_who_asks_for_a_page_does_not_wait_for_a_postgres_that_is_away(tmp_path: Path) -> None:
    said = await look_or_say("postgresql://nobody@127.0.0.1:9/none", Folder(tmp_path))
    assert said.wrong == said.lines
    assert "not known" in said.wrong[0]
