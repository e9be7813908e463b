"""One execution from the blocked program to its outcome, as the user at the endpoint sees it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from agents.simulation.client import AgentClient, RefusedByConsole, Unreachable

RUNS, BROKEN, REFUSED, CANCELLED = 0, 1, 126, 130  # exit codes
WAIT = 30  # seconds of one long poll
MAX_ROUNDS = 4  # approvals one after the other: a policy may ask for several
MAX_SILENCE = 60.0  # seconds without the console before a waiting agent gives up


@dataclass(frozen=True)
class Terminal:
    """Where the user sees windows and answers them."""

    write: Callable[[str], None]
    ask: Callable[[str], str]

    def line(self, text: str = "") -> None:
        self.write("".join(c if c.isprintable() else repr(c)[1:-1] for c in text))


@dataclass(frozen=True)
class Execution:
    """What the user does: the program, and the answers."""

    event: dict[str, Any]
    reason: str = ""
    waits: bool = True
    timeout: float = 0.0  # seconds; 0: until the request expires


def play(client: AgentClient, execution: Execution, terminal: Terminal) -> int:
    """The exit code that a command at the endpoint would have; see the constants above.

    Raises Unreachable, Forged and RefusedByConsole.
    """
    request: int | None = None
    for _ in range(MAX_ROUNDS):
        verdict = client.report(execution.event, request=request)
        if verdict["verdict"] in {"justification_required", "warn"}:
            verdict = _answer(client, execution, terminal, verdict)
        if verdict["verdict"] not in {"approval_required", "pending"}:
            return _end(terminal, verdict)
        opened = _open(client, execution, terminal, verdict)
        request = int(opened["request"])
        if not execution.waits:
            terminal.line(
                f"Request PM-{request} is pending. Run the program again once it is approved."
            )
            return RUNS
        ended = _await(client, execution, terminal, opened)
        if ended is not None:
            return ended
    terminal.line("The policies keep asking for further approvals. Tell an administrator.")
    return REFUSED


def _open(
    client: AgentClient, execution: Execution, terminal: Terminal, verdict: dict[str, Any]
) -> dict[str, Any]:
    _show(terminal, execution, verdict)
    if verdict["verdict"] == "pending":
        return verdict
    opened = client.submit_reason(
        verdict["event_id"], reason=_reason(execution, terminal), waits=execution.waits
    )
    terminal.line(f"Request PM-{opened['request']} was sent.")
    return opened


def _answer(
    client: AgentClient, execution: Execution, terminal: Terminal, verdict: dict[str, Any]
) -> dict[str, Any]:
    _show(terminal, execution, verdict)
    justified = verdict["verdict"] == "justification_required"
    return client.answer(
        execution.event,
        verdict["event_id"],
        answer="justification" if justified else "acknowledged",
        text=_reason(execution, terminal) if justified else "",
    )


def _reason(execution: Execution, terminal: Terminal) -> str:
    if execution.reason:
        terminal.line(f"Reason (required): {execution.reason}")
        return execution.reason
    return terminal.ask("Reason (required): ")


def _show(terminal: Terminal, execution: Execution, verdict: dict[str, Any]) -> None:
    """The window's texts, the labelled ones with what they label."""
    for prompt in verdict["prompts"]:
        texts = prompt["texts"]
        if prompt["kind"] == "pending":
            terminal.line(texts.get("pending", ""))
            continue
        terminal.line(f"── {texts.get('title', 'Application Notice')} ──")
        facts = {"application": execution.event["file_path"], "user": execution.event["account"]}
        for name, value in facts.items():
            if f"{name}_label" in texts:
                terminal.line(f"{texts[f'{name}_label']}: {value}")
        for name in ("message", "information", "instruction"):
            if texts.get(name):
                terminal.line(texts[name])


def _await(
    client: AgentClient, execution: Execution, terminal: Terminal, opened: dict[str, Any]
) -> int | None:
    """None once it is approved; else the exit code."""
    terminal.line("Waiting for approval… (Ctrl+C to cancel)")
    try:
        state = _poll(client, opened["wait_ticket"], execution.timeout)
    except KeyboardInterrupt:
        client.cancel(int(opened["request"]))
        terminal.line("The request was cancelled.")
        return CANCELLED
    if state["state"] == "approved":
        terminal.line("Approved" + _by(state))
        return None
    words = {
        "denied": "Approval request was denied",
        "expired": "Approval request has expired",
        "cancelled": "Approval request was cancelled",
        "pending": f"No decision within {execution.timeout:g} seconds; the request stays open",
    }
    terminal.line(words[state["state"]] + _by(state))
    return REFUSED


def _poll(client: AgentClient, ticket: str, timeout: float) -> dict[str, Any]:
    """Ask until there is a decision; survives a restart of the console."""
    end = time.monotonic() + timeout if timeout else float("inf")
    reached = time.monotonic()
    while True:
        left = end - time.monotonic()
        try:
            state = client.wait(ticket, seconds=int(min(WAIT, max(left, 0))))
            reached = time.monotonic()
        except (Unreachable, RefusedByConsole) as error:
            again = isinstance(error, Unreachable) or error.status in {429, 502, 503, 504}
            if not again or time.monotonic() > reached + MAX_SILENCE:
                raise
            time.sleep(1)
            continue
        if state["state"] != "pending" or time.monotonic() >= end:
            return state


def _by(state: dict[str, Any]) -> str:
    """Who decided, and the comment."""
    by = f" by {state['decided_by']}" if state["decided_by"] else ""
    comment = f": {state['comment']}" if state["comment"] else "."
    return f"{by}{comment}"


def _end(terminal: Terminal, verdict: dict[str, Any]) -> int:
    if verdict["verdict"] == "deny":
        terminal.line(verdict["message"] or "This application is not allowed to run.")
        return REFUSED
    rights = verdict["rights"]
    if verdict["verdict"] == "no_match":
        terminal.line("No policy matches this program: it runs with the user's own rights.")
    elif rights["elevate"]:
        terminal.line("The program runs with administrative rights.")
    elif rights["run_as"]:
        terminal.line(f"The program runs as {rights['run_as']}.")
    else:
        terminal.line("The program runs with the user's own rights.")
    return RUNS
