"""How soon after the agent's answer the approver's email is with the mail server, on an idle system.

The reason is submitted to a served agent API; a Celery worker, as README starts it, sends. Beside it
the least that such a thing takes: a Celery task that does nothing but hand one ready message to
smtplib's kept connection. On PostgreSQL.
"""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.comparing import Bar, Figures, arguments, finish, show

WARMING = 10  # rounds that aren't counted: programs load what they need


def main() -> None:
    options = arguments(__doc__)
    rounds = 40 if options.quick else 200
    answer, mail, peer = latencies(rounds)
    show(
        "p95 over all rounds; here the rounds",
        {"the answer": answer, "from the answer to the mail": mail, "Celery and smtplib": peer},
        unit="ms",
        scale=1e3,
    )
    finish(
        [
            Bar("reason_answered", p95(answer) / 0.015, at_most=1),
            Bar("reason_to_smtp", p95(mail) / p95(peer), at_most=3),
        ],
        options,
    )


def p95(figures: Figures) -> float:
    return statistics.quantiles(figures.values, n=20)[-1]


def latencies(rounds: int) -> tuple[Figures, Figures, Figures]:
    """Seconds: until the API answers, from there to the sink, and of the peer; by turns."""
    from agents.simulation import AgentClient, Registered
    from benchmarks.sending.world import Outbox, Sink, tied, until, worker
    from tests.agents.endpoints import an_event, make_agent, make_approval_policy, make_group
    from tests.factories import make_process, make_type

    outbox, ours, theirs = Outbox(), Sink(), Sink()
    folder = tempfile.mkdtemp()
    message = outbox.as_files(Path(folder))[2]
    os.environ["STATIC_ROOT"] = f"{folder}/static"  # `serve` insists on gathered files
    gather = [sys.executable, "manage.py", "collectstatic", "--no-input"]
    subprocess.run(gather, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    outbox.lead_to(ours.port, limit=10)
    group = make_group()
    make_approval_policy(group, type=make_type(make_process(to_addresses=("dana@example.com",))))
    broker = os.environ["PMCONSOLE_TEST_VALKEY"].replace("unix://", "redis+socket://")
    peer = {"SINK": str(theirs.port), "MESSAGE": message}
    os.environ["PEER_BROKER"] = f"{broker}?virtual_host=9"
    from benchmarks.sending.task import send

    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    programs = [
        tied("manage.py", "serve", "--port", str(port)),
        worker(),
        worker("benchmarks.sending.task", **peer),
        ours,
        theirs,
    ]

    def answered_and_sent(number: int) -> tuple[float, float]:
        agent = make_agent(group)
        registered = Registered(
            agent.computer.name, str(agent.computer.pk), agent.secret, agent.key, "windows"
        )
        client = AgentClient(url, registered)
        event_id = client.report(an_event())["event_id"]
        begin = time.monotonic()
        client.submit_reason(event_id, reason="Need the CAD viewer.", waits=False)
        answered = time.monotonic()
        return answered - begin, ours.time_of(number) - answered

    def peer_sent(number: int) -> float:
        send.delay(number)
        queued = time.monotonic()
        return theirs.time_of(number) - queued

    try:
        until(lambda: answers(url))
        found = []
        for number in range(1, WARMING + rounds + 1):
            found.append((*answered_and_sent(number), peer_sent(number)))
            time.sleep(0.02)  # an idle system: what was done for the last one has ended
        until(outbox.all_sent)
    finally:
        for program in programs:
            program.end()
    answer, mail, other = zip(*found[WARMING:], strict=True)
    return Figures(answer), Figures(mail), Figures(other)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/agent/v1/openapi.json", timeout=5):  # noqa: S310
            return True
    except OSError:
        return False


if __name__ == "__main__":
    main()
