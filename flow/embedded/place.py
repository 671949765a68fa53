"""Where the stores live and who runs them: the data directory, the user, and the short-lived folder of the sockets.

Comes first in `stores.py`. A Unix socket's path holds about 107 bytes, and as root the stores' user cannot enter the data
directory: then the run folder is a fresh one in the machine's temporary folder.
"""

import os
import pwd
import re
import shutil
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from flow.errors import Misconfigured

SOCKET_PATH_BYTES = 90  # of about 104 (macOS) or 107 (Linux), with room for the socket's name
PLAIN = re.compile(r"[\w/.-]+", re.ASCII)
RUN_USER = "nobody"


@dataclass(frozen=True, slots=True)
class StoreUser:
    """The user whom the stores run as when Bedflow is root."""

    uid: int
    gid: int
    name: str


def prepare_data_dir(data_dir: Path) -> None:
    """Make the data directory (mode 0700) and see that it can be written; raises `Misconfigured`."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        logs_dir(data_dir).mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryFile(dir=data_dir):
            pass
    except OSError as error:
        raise Misconfigured(
            f"The data directory {data_dir} cannot be written by {own_name()} ({error.strerror}). "
            f"Make it yours (chown), or set BEDFLOW_DATA_DIR to a folder that is."
        ) from None


def logs_dir(data_dir: Path) -> Path:
    return data_dir / "logs"


def own_name() -> str:
    """The name of the user that runs this process; raises `Misconfigured` for a number without a name: Postgres needs one."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise Misconfigured(
            f"The user number {os.geteuid()} has no name on this machine, and PostgreSQL does not run without one. "
            f"Add it to /etc/passwd, or set DATABASE_URL and REDIS_URL."
        ) from None


def store_user(cluster: Path) -> StoreUser | None:
    """As root: the owner of the cluster's folder, or `nobody` for a new one. Otherwise None: the stores run as we do."""
    if os.geteuid() != 0:
        return None
    if sys.platform != "linux":
        raise Misconfigured("Bedflow does not run its stores as root here. Use another user, or set DATABASE_URL and REDIS_URL.")
    uid = cluster.stat().st_uid if cluster.exists() else pwd.getpwnam(RUN_USER).pw_uid
    entry = pwd.getpwuid(uid or pwd.getpwnam(RUN_USER).pw_uid)
    return StoreUser(entry.pw_uid, entry.pw_gid, entry.pw_name)


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The folder of one run: `sockets` belongs to the stores' user, the rest to us; removed at the end."""

    path: Path

    @property
    def sockets(self) -> Path:
        return self.path / "sockets"

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)

    @classmethod
    def left_behind(cls, path: str) -> None:
        """Remove the run folder that a killed owner's note names, if it is one and ours."""
        folder = Path(path)
        if (folder.name == "run" or folder.name.startswith("bedflow-")) and folder.is_dir() and folder.stat().st_uid == os.geteuid():
            shutil.rmtree(folder, ignore_errors=True)


def make_run_folder(data_dir: Path, user: StoreUser | None) -> RunFolder:
    """A fresh run folder: `run` in the data directory where that is short and plain, else one in a temporary folder."""
    near = data_dir / "run"
    if user is None and len(os.fsencode(near)) <= SOCKET_PATH_BYTES - len("/sockets") and PLAIN.fullmatch(str(near)):
        shutil.rmtree(near, ignore_errors=True)
        near.mkdir(mode=0o700)
        folder = RunFolder(near)
    else:
        folder = RunFolder(Path(tempfile.mkdtemp(prefix="bedflow-", dir=_short_folder(user))))
    folder.sockets.mkdir(mode=0o700)
    if user is not None:
        folder.path.chmod(0o711)
        os.chown(folder.sockets, user.uid, user.gid)
    return folder


def _short_folder(user: StoreUser | None) -> str:
    """The first temporary folder that is short, writable, lets programs run and, as root, lets the stores' user in."""
    for place in (tempfile.gettempdir(), "/tmp", "/var/tmp", "/run"):  # noqa: S108  # nosec B108 # mkdtemp makes the folder
        folder = Path(place)
        usable = folder.is_dir() and os.access(folder, os.W_OK | os.X_OK) and len(place) < 40 and PLAIN.fullmatch(place)
        if usable and not os.statvfs(folder).f_flag & os.ST_NOEXEC and (user is None or may_reach(folder, user)):
            return place
    raise Misconfigured("No temporary folder can be used for the stores' sockets: set TMPDIR to a short path that can be written.")


def may_reach(path: Path, user: StoreUser) -> bool:
    """Whether the user may walk down to `path` and use it."""
    return all(_may_enter(folder, user) for folder in (path, *path.parents))


def _may_enter(path: Path, user: StoreUser) -> bool:
    status = path.stat()
    if status.st_uid == user.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == user.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)
