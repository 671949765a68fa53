"""A folder for a store's data that a test throws away: in memory where the machine has room there, since each commit waits for the disk.

What a kill leaves is the same in both: a process that ends loses nothing it has written, wherever that lies.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 2 << 30
"""Bytes that must be free: four workers hold about 100 MB each."""


@contextmanager
def short_lived(prefix: str) -> Iterator[Path]:
    """A folder that is ours alone, gone with all it holds after the block."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=MEMORY if roomy else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
