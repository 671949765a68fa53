"""A generator that runs in a process of its own: what it makes up is laid down meanwhile on another core.

Before it: whatever yields for a long time. After it: `flow.dev.backfill`.
"""

import multiprocessing
from collections.abc import Callable, Iterator
from itertools import islice
from multiprocessing.connection import Connection
from typing import Any, TypeVar

T = TypeVar("T")
BATCH = 500


def abreast(make: Callable[..., Iterator[T]], *given: Any) -> Iterator[T]:
    """What `make(*given)` yields, in order; both must be picklable. Raises RuntimeError when the process ends before its last word."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_fill, args=(theirs, make, given), daemon=True)
    process.start()
    theirs.close()
    try:
        while batch := ours.recv():
            yield from batch
        process.join()
    except EOFError:
        process.join()
        raise RuntimeError(f"the process that makes history up ended with {process.exitcode}") from None
    finally:
        ours.close()
        process.kill()


def _fill(pipe: "Connection[Any, Any]", make: Callable[..., Iterator[T]], given: tuple[Any, ...]) -> None:
    """In the process: batches, then an empty one."""
    made = make(*given)
    while batch := list(islice(made, BATCH)):
        pipe.send(batch)
    pipe.send([])
