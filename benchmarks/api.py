"""Execution reports beside a bare Django view, under the same servers, on PostgreSQL.

The peer reads one row and writes one. A report of ours is authenticated, counted, evaluated, stored
and signed; each answer is checked, its signature too. `manage.py serve` stands for README's server;
granian and gunicorn serve both sites by WSGI, two processes with eight threads each.
"""

import itertools
import json
import secrets
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from benchmarks.comparing import Bar, arguments, finish, show, take_turns, with_packages
from benchmarks.site import ground, load

CLIENTS = 16
COMPUTERS = 1_000  # in turn; an agent seldom reports twice a second
SETUP = "C:\\Users\\alice\\Downloads\\setup.exe"


@dataclass(frozen=True)
class Agent:
    bearer: str
    key: bytes


def make_site() -> list[Agent]:
    """Ten policies for a group of computers; each of them matches a program of its own."""
    from datetime import timedelta

    from actions.models import Action
    from agents.services import create_install_code, register_computer
    from core.actors import Actor
    from policies.models import ComputerGroup, Filter, Policy, PolicyAction, PolicyFilter

    group = ComputerGroup.objects.create(name="Benchmark", platform="windows")
    rights = Action.objects.create(
        name="Benchmark rights", kind="add_administrative_rights", settings={}
    )
    for number in range(10):
        name = "setup.exe" if number == 5 else f"program{number}.exe"
        policy = Policy.objects.create(
            name=f"Benchmark {number}", is_active=True, audit_events=True, priority=50 + number
        )
        policy.groups.add(group)
        target = Filter.objects.create(
            name=f"Benchmark {number}", kind="file_specification", settings={"names": [name]}
        )
        PolicyFilter.objects.create(policy=policy, filter=target, role="target")
        PolicyAction.objects.create(policy=policy, action=rights, position=0)
    code = create_install_code(
        platform="windows",
        groups=[group],
        valid_for=timedelta(days=1),
        uses=COMPUTERS,
        by=Actor.of_system("benchmark"),
    )
    agents = []
    for number in range(COMPUTERS):
        made = register_computer(install_code=code, name=f"BENCH-{number:05}", platform="windows")
        agents.append(Agent(f"{made.computer.pk}.{made.secret}", made.computer_key))
    return agents


def event(path: str = SETUP) -> dict[str, Any]:
    return {
        "account": "EXAMPLE\\alice",
        "account_id": "S-1-5-21-3623811015-3361044348-30300820-1013",
        "groups": ["EXAMPLE\\Engineering", "BUILTIN\\Users"],
        "file_path": path,
        "sha256": secrets.token_hex(32),
        "signer": "Example Software AG",
        "arguments": ["/S", "/D=C:\\Program Files\\Example"],
        "command_line": f'"{path}" /S "/D=C:\\Program Files\\Example"',
        "working_directory": "C:\\Users\\alice\\Downloads",
        "parent_path": "C:\\Windows\\explorer.exe",
        "at": "2026-01-01T12:00:00+00:00",
    }


class Reports:
    """The messages of all agents in turn, and how their answers are checked."""

    def __init__(self, agents: list[Agent], path: str, verdict: str) -> None:
        self.agents = itertools.cycle(agents)
        self.keys = {agent.bearer: agent.key for agent in agents}
        self.path, self.verdict = path, verdict

    def message(self, client: int) -> bytes:
        body = {
            "nonce": secrets.token_hex(16),
            "idempotency_key": secrets.token_hex(16),
            "event": event(self.path),
        }
        bearer = next(self.agents).bearer
        return load.post("/agent/v1/executions", json.dumps(body).encode(), bearer=bearer)

    def check(self, message: bytes, status: int, body: bytes) -> None:
        from agents.signing import digest_of, is_genuine

        head, _, sent = message.partition(b"\r\n\r\n")
        answer, report = json.loads(body), json.loads(sent)
        bearer = head.partition(b"Bearer ")[2].partition(b"\r\n")[0].decode()
        genuine = status == 200 and is_genuine(
            answer,
            computer_key=self.keys[bearer],
            nonce=report["nonce"],
            event_digest=digest_of(report["event"]),
        )
        if not genuine or answer["verdict"] != self.verdict:
            raise SystemExit(f"a wrong answer: {status} {body[:300]!r}")


def bare_message(client: int) -> bytes:
    return load.post("/report", json.dumps({"event": event()}).encode())


def check_bare(message: bytes, status: int, body: bytes) -> None:
    if status != 200 or json.loads(body)["thing"] != "thing":
        raise SystemExit(f"a wrong answer of the peer: {status} {body[:300]!r}")


def start_servers() -> dict[str, tuple[int, int]]:
    """Ports of ours and of the peer, by the server's name."""
    ports = {}
    ours, peer = ground.free_port(), ground.free_port()
    ground.serve(ours, "manage.py", "serve", "--port", str(ours))
    uvicorn = ("-m", "uvicorn", "--port", str(peer), "--log-level", "error")
    ground.serve(peer, *uvicorn, "benchmarks.site.bare:application", BARE_ASGI="1")
    ports["uvicorn"] = ours, peer
    for name in ("granian", "gunicorn"):
        ours, peer = ground.free_port(), ground.free_port()
        ground.serve(ours, *ground.commands(ours, "pmconsole.wsgi")[name])
        ground.serve(peer, *ground.commands(peer, "benchmarks.site.bare")[name])
        ports[name] = ours, peer
    return ports


def main() -> None:
    options = arguments(__doc__)
    with_packages("granian", "gunicorn", "psycopg-pool")
    ground.prepare()
    subprocess.run([sys.executable, "-m", "benchmarks.site.bare"], check=True)
    agents = make_site()
    stored = Reports(agents, SETUP, "allow")
    unmatched = Reports(agents, "C:\\Windows\\notepad.exe", "no_match")
    seconds = 1.0 if options.quick else 4.0
    bars = []
    for server, (ours, peer) in start_servers().items():
        contenders = {
            "report, stored": load.Load(ours, CLIENTS, seconds, stored.message, stored.check),
            "report, no match": load.Load(
                ours, CLIENTS, seconds, unmatched.message, unmatched.check
            ),
            "bare view": load.Load(peer, CLIENTS, seconds, bare_message, check_bare),
        }
        seen = take_turns(contenders, rounds=3 if options.quick else 7)
        show(f"reports a second, {CLIENTS} clients, {server}", seen, unit="1/s")
        for name in ("report, stored", "report, no match"):
            ratio = seen[name].median / seen["bare view"].median
            bars.append(Bar(f"{name}, {server}", ratio, at_least=0.5))
    finish(bars, options)


if __name__ == "__main__":
    main()
