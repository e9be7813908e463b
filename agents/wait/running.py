"""The reader of this process, one for each event loop."""

import asyncio
from weakref import WeakKeyDictionary

from agents.wait.reader import Reader

_readers: "WeakKeyDictionary[asyncio.AbstractEventLoop, Reader]" = WeakKeyDictionary()


def running_reader() -> Reader:
    """Started when the first agent waits: not every server runs the lifespan protocol."""
    loop = asyncio.get_running_loop()
    if loop not in _readers:
        _readers[loop] = Reader()
        _readers[loop].start()
    return _readers[loop]


async def stop_reader() -> None:
    reader = _readers.pop(asyncio.get_running_loop(), None)
    if reader:
        await reader.stop()
