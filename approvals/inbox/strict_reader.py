"""Reading lines from a client of the listener: only CR LF ends one."""

import asyncio


class BareLineFeed(Exception):
    """A command line that did not end in CR LF."""


class StrictReader:
    """aiosmtpd's reader, except that a command must end in CR LF and none follows a hang-up."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self.plain = reader  # what aiosmtpd made
        self.hung_up = False

    async def readuntil(self, separator: bytes = b"\n") -> bytes:
        if self.hung_up:
            # What was pipelined behind the fault is not read; the closing transport ends this.
            await asyncio.Event().wait()
        line = await self.plain.readuntil(separator)
        return line if separator != b"\n" else self._checked(line)

    async def readline(self) -> bytes:
        return self._checked(await self.plain.readline())

    async def data_line(self) -> bytes:
        """A line of a message, or of a line that is too long as much as the buffer holds."""
        try:
            return await self.plain.readuntil(b"\r\n")
        except asyncio.LimitOverrunError as overrun:
            return await self.plain.read(overrun.consumed)

    async def read(self, count: int) -> bytes:
        return await self.plain.read(count)

    @property
    def has_more(self) -> bool:
        """Whether the client has sent more than was read yet."""
        return bool(self.plain._buffer)  # type: ignore[attr-defined]  # it has no public name

    def _checked(self, line: bytes) -> bytes:
        if not line.endswith(b"\r\n") or b"\r" in line[:-2]:
            self.hung_up = True
            raise BareLineFeed
        return line
