"""Ten thousand agents wait in one process of `manage.py serve`, while requests are closed.

Measured is the time from the moment a request is closed and its hint published until its agent has
read the answer. Agents ask again after a minute, as they do. There is no peer that waits: the bars
are times and memory.
"""

import asyncio
import json
import resource
import threading
import time
import uuid
from datetime import timedelta
from pathlib import Path

from benchmarks.comparing import Bar, Figures, arguments, finish, show
from benchmarks.site import ground

AGENTS = 10_000
A_SECOND = 50  # requests that are closed
MAX_P95 = 0.25  # seconds
MAX_MEMORY = 245.0  # MiB of the serving process
CONNECTING = 200  # at a time


def make_tickets() -> dict[int, str]:
    """The ticket of each request by its number, all of one computer."""
    from django.utils import timezone

    from agents.tickets import issue_ticket
    from approvals.models import ApprovalRequest
    from policies.models import Computer

    computer = Computer(name="BENCHMARK", platform="linux", secret_hash="none")
    computer.set_key(bytes(32))
    computer.save()
    now = timezone.now()
    end = now + timedelta(hours=8)
    texts = dict.fromkeys(
        ("computer_name", "account", "file_name", "file_path", "policy_name", "trace"), "benchmark"
    )
    rows = ApprovalRequest.objects.bulk_create(
        ApprovalRequest(
            **texts,
            created_at=now,
            expires_at=end,
            computer_id=computer.pk,
            policy_id=uuid.uuid4(),
            policy_version="v",
            event_id=uuid.uuid4(),
            event={},
            terms_json={},
            type_uuid=uuid.uuid4(),
            plea_key=f"{number}",
            last_waited_at=now,
        )
        for number in range(AGENTS)
    )
    return {
        row.number: issue_ticket(number=row.number, computer_id=computer.pk, expires_at=end)
        for row in rows
    }


class Agents:
    """All agents, on one event loop."""

    def __init__(self, port: int, tickets: dict[int, str]) -> None:
        self.port, self.tickets = port, tickets
        self.answered: dict[int, float] = {}  # when each learned that its request is closed
        self.waiting = 0
        self._connecting = asyncio.Semaphore(CONNECTING)

    async def wait(self, number: int) -> None:
        async with self._connecting:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        # Not all in the same second, once a minute.
        seconds = 30 + number % 31
        while True:
            head = f"GET /agent/v1/wait?seconds={seconds} HTTP/1.1\r\nHost: localhost\r\n"
            writer.write(f"{head}Authorization: Wait {self.tickets[number]}\r\n\r\n".encode())
            self.waiting += 1
            header = await reader.readuntil(b"\r\n\r\n")
            length = int(header.lower().partition(b"content-length:")[2].partition(b"\r")[0])
            answer = json.loads(await reader.readexactly(length))
            self.waiting -= 1
            if not header.startswith(b"HTTP/1.1 200 "):
                raise SystemExit(f"a wrong answer: {header!r}")
            if answer["state"] != "pending":
                self.answered[number] = time.perf_counter()
                writer.close()
                return


def close(numbers: list[int], closed: dict[int, float]) -> None:
    """Close them, one after the other, A_SECOND of them a second."""
    from django.db import connections
    from django.utils import timezone

    from approvals.models import ApprovalRequest
    from approvals.services.wakeup import wake_on_commit

    begin = time.perf_counter()
    for place, number in enumerate(numbers):
        time.sleep(max(0.0, begin + place / A_SECOND - time.perf_counter()))
        closed[number] = time.perf_counter()
        ApprovalRequest.objects.filter(pk=number).update(
            state="cancelled", closed_at=timezone.now()
        )
        wake_on_commit(number)
    connections.close_all()


async def measure(port: int, tickets: dict[int, str], seconds: int) -> list[float]:
    """Seconds until each closed request's agent knew."""
    agents, closed = Agents(port, tickets), dict[int, float]()
    tasks = {number: asyncio.create_task(agents.wait(number)) for number in tickets}
    while agents.waiting < AGENTS:
        await asyncio.sleep(0.1)
        for task in tasks.values():
            if task.done():
                task.result()
    await asyncio.sleep(6)  # each has been looked at
    numbers = list(tickets)[:: AGENTS // (A_SECOND * seconds)][: A_SECOND * seconds]
    closing = threading.Thread(target=close, args=(numbers, closed))
    closing.start()
    await asyncio.wait_for(asyncio.gather(*(tasks[number] for number in numbers)), seconds + 60)
    closing.join()
    for task in tasks.values():
        task.cancel()
    return sorted(agents.answered[number] - closed[number] for number in numbers)


def memory_of(process: int) -> float:
    """MiB that are resident."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def main() -> None:
    options = arguments(__doc__)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    ground.prepare()
    tickets, port = make_tickets(), ground.free_port()
    server = ground.serve(
        port, "manage.py", "serve", "--port", str(port), "--max-connections", "12000"
    )
    taken = asyncio.run(measure(port, tickets, 10 if options.quick else 60))
    memory = memory_of(server.pid)
    p95 = taken[int(len(taken) * 0.95)]
    show(
        f"seconds until an agent knows, {AGENTS:,} waiting",
        {"all": Figures(tuple(taken))},
        unit="s",
    )
    bars = [
        Bar(f"p95 of a decision, {AGENTS} waiting", p95 / MAX_P95, at_most=1),
        Bar(f"memory, {AGENTS} waiting", memory / MAX_MEMORY, at_most=1),
    ]
    finish(bars, options)


if __name__ == "__main__":
    main()
