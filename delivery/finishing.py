"""Finishing: a transaction that has begun is not cut off half-way when its loop is stopped."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def finish(operation: Coroutine[Any, Any, T]) -> T:
    """Run to the end, even if cancelled meanwhile; then be cancelled.

    A connection that is dropped in the middle of a statement is lost to its pool.
    """
    task = asyncio.create_task(operation)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
