"""How fast the outbox is emptied, beside peers and beside the least that sending takes.

Each contender sends the same text and HTML to recipients of their own, to a sink that checks that
everybody got one message. Ours and django-celery-email run in a Celery worker as README starts it,
told by one hint; django-post-office in two processes, as it comes; smtplib sends messages that are
ready, with nothing to read before and nothing to write down after. On PostgreSQL.
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.comparing import Bar, Figures, arguments, finish, show, take_turns, with_packages

if TYPE_CHECKING:
    from benchmarks.sending.world import Outbox, Program

PEERS = "django-celery-email==3.0.0", "django-post-office==3.12.0"
SLOW = 0.05  # seconds that the slow sink thinks about each message
CONNECTIONS = 32


def main() -> None:
    options = arguments(__doc__)
    with_packages(*PEERS)
    from benchmarks.sending.world import Outbox

    outbox = Outbox()
    fast = rates(
        outbox, pause=0, count=600 if options.quick else 2000, rounds=3 if options.quick else 7
    )
    show("emptying the outbox, fast server", fast, unit="messages/s")
    slow = rates(
        outbox,
        pause=SLOW,
        count=320 if options.quick else 1920,
        rounds=2 if options.quick else 5,
        peers=not options.quick,
    )
    show(
        f"server that takes {SLOW * 1e3:.0f} ms, {CONNECTIONS} connections", slow, unit="messages/s"
    )
    ours = fast["pmconsole"].median
    peers = max(fast[name].median for name in fast if name.startswith("django-"))
    finish(
        [
            Bar("mail_fast_against_smtplib", ours / fast["smtplib"].median, at_least=1),
            Bar("mail_fast_against_best_peer", ours / peers, at_least=3),
            Bar("mail_slow_of_limit", slow["pmconsole"].median * SLOW / CONNECTIONS, at_least=0.8),
        ],
        options,
    )


def rates(
    outbox: "Outbox", *, pause: float, count: int, rounds: int, peers: bool = True
) -> dict[str, Figures]:
    """Messages a second of every contender; without `peers`, of ours and smtplib."""
    from benchmarks.sending.world import Program, Sink, until, worker
    from core.hints import hint

    sink = Sink(pause)
    folder = Path(tempfile.mkdtemp())
    text, html, message = outbox.as_files(folder)
    limit = CONNECTIONS // 2  # of each of the two processes
    outbox.lead_to(sink.port, limit=limit)
    ours = worker()

    def timed(start: Callable[[], object], done: Callable[[], object] = lambda: None) -> float:
        begin = time.monotonic()
        start()
        rate = count / (sink.time_of(count) - begin)
        done()
        sink.check(count)
        return rate

    def pmconsole() -> float:
        outbox.fill(count)
        return timed(lambda: hint("approvals.tasks.send_mail"), lambda: until(outbox.all_sent))

    connections = CONNECTIONS if pause else 1
    bare = Program("-m", "benchmarks.sending.bare", str(sink.port), str(connections), message)
    programs = [ours, bare, sink]
    contenders = {
        "pmconsole": pmconsole,
        "smtplib": lambda: timed(lambda: bare.tell(str(count)), bare.hear),
    }
    if not peers:
        return in_turns(contenders, rounds, programs)
    broker = os.environ["PMCONSOLE_TEST_VALKEY"].replace("unix://", "redis+socket://")
    peer = {
        "SINK": str(sink.port),
        "PEER_BROKER": f"{broker}?virtual_host=9",
        "PEER_DATABASE": outbox.other_database(),
        "THREADS": str(CONNECTIONS // 2 if pause else 5),
    }
    chunks = Program("-m", "benchmarks.sending.celery_email", text, html, **peer)
    chunk_worker = worker("benchmarks.sending.celery_email", **peer)
    office = Program("-m", "benchmarks.sending.post_office", text, html, **peer)

    def celery_email() -> float:
        chunk_worker.ask("pause")
        chunks.ask(str(count))
        return timed(lambda: chunk_worker.ask("go on"))

    def post_office() -> float:
        office.ask(f"queue {count}")
        return timed(lambda: office.tell("send"), office.hear)

    contenders |= {"django-celery-email": celery_email, "django-post-office": post_office}
    return in_turns(contenders, rounds, [*programs, chunks, chunk_worker, office])


def in_turns(
    contenders: dict[str, Callable[[], float]], rounds: int, programs: list["Program"]
) -> dict[str, Figures]:
    """Their figures; ends the programs."""
    try:
        return take_turns(contenders, rounds=rounds)
    finally:
        for program in programs:
            program.end()


if __name__ == "__main__":
    main()
