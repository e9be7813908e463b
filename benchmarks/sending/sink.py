"""An SMTP server that takes everything and keeps count: a program of its own, told what to do by lines.

python -m benchmarks.sending.sink [PAUSE] prints its port. PAUSE: seconds that it thinks before it
answers a final dot. A line with a number: prints the monotonic time at which so many messages were
taken. An empty line: prints how many each recipient got, as JSON, and begins anew.
"""

import asyncio
import json
import sys
import time
from collections import Counter


class Tally:
    """What was taken since the last report; tells when there is as much as somebody waits for."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.number = self.awaited = 0

    def add(self, recipient: str) -> int:
        self.number += 1
        self.taken[recipient] += 1
        if self.number == self.awaited:
            print(time.monotonic(), flush=True)
        return self.number

    def wait_for(self, number: int) -> None:
        self.awaited = number
        if self.number >= number:
            print(time.monotonic(), flush=True)

    def report(self) -> None:
        print(json.dumps(self.taken), flush=True)
        self.taken.clear()
        self.number = self.awaited = 0


tally = Tally()


class Conversation(asyncio.Protocol):
    """Answers in one piece what has come in one piece, as RFC 2920 wants it."""

    def __init__(self, pause: float) -> None:
        self.pause = pause
        self.received = b""
        self.recipient = ""
        self.in_message = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(b"220 sink.example ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self.received += data
        answers = []
        while True:
            end = b"\r\n.\r\n" if self.in_message else b"\r\n"
            found = self.received.find(end)
            if found < 0:
                break
            line, self.received = self.received[:found], self.received[found + len(end) :]
            answers.append(self.after_message() if self.in_message else self.answer(line))
        if answers:
            self.transport.write(b"".join(answers))

    def answer(self, line: bytes) -> bytes:
        verb = line[:4].upper()
        if verb == b"EHLO":
            return b"250-sink.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
        if verb == b"RCPT":
            self.recipient = line[line.index(b"<") + 1 : line.rindex(b">")].decode()
        if verb == b"DATA":
            self.in_message = True
            return b"354 go on\r\n"
        if verb == b"QUIT":
            asyncio.get_running_loop().call_soon(self.transport.close)
            return b"221 bye\r\n"
        return b"250 ok\r\n"

    def after_message(self) -> bytes:
        self.in_message = False
        if not self.pause:
            return self.take()
        later = asyncio.get_running_loop().call_later
        later(self.pause, lambda: self.transport.write(self.take()))
        return b""

    def take(self) -> bytes:
        return b"250 2.0.0 taken as %d\r\n" % tally.add(self.recipient)


async def serve(pause: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Conversation(pause), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        if number := line.strip():
            tally.wait_for(int(number))
        else:
            tally.report()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]) if len(sys.argv) > 1 else 0))
