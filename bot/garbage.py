"""The garbage collector: told to leave alone what stays for as long as the bot runs."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def rare_collections() -> Iterator[None]:
    """Let the collector pass over what is loaded by now, and look less often.

    To look through all of it again and again took a tenth of a broadcast's time.
    """
    often = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*often)
        gc.unfreeze()
