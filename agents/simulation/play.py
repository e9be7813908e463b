"""One execution from the blocked program to its outcome, as the user at the endpoint sees it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from agents.simulation.client import AgentClient, RefusedByConsole, Registered, Unreachable
from agents.simulation.offline import Store, decide_alone
from agents.simulation.offline_code import accept, request_code
from core.text import visible

RUNS, BROKEN, TIMED_OUT, REFUSED, CANCELLED = 0, 1, 124, 126, 130  # exit codes
POLL = 30  # seconds of one long poll
MAX_ROUNDS = 4  # approvals one after the other: a policy may ask for several
MAX_SILENCE = 60.0  # seconds without the console before a waiting agent gives up


@dataclass(frozen=True)
class Terminal:
    """Where the user sees windows and answers them."""

    write: Callable[[str], None]
    ask: Callable[[str], str]

    def line(self, text: str = "") -> None:
        self.write(visible(text))


@dataclass(frozen=True)
class Execution:
    """What the user does: the program, and the answers."""

    event: dict[str, Any]
    reason: str = ""
    waits: bool = True
    timeout: float = 0.0  # seconds; 0: until the request expires
    minutes: int | None = None  # for how long the user asks; None: it isn't said


def play(client: AgentClient, execution: Execution, terminal: Terminal) -> int:
    """The exit code that a command at the endpoint would have; see the constants above.

    Raises Unreachable, Forged and RefusedByConsole.
    """
    return Player(client, execution, terminal).play()


@dataclass(frozen=True)
class Player:
    """A user who starts one program and answers what appears."""

    client: AgentClient
    execution: Execution
    terminal: Terminal

    def play(self) -> int:
        request: int | None = None
        for _ in range(MAX_ROUNDS):
            verdict = self.client.report(self.execution.event, request=request)
            if verdict["verdict"] in {"justification_required", "warn"}:
                verdict = self.answer(verdict)
            if verdict["verdict"] not in {"approval_required", "pending"}:
                said = (verdict["verdict"], verdict["message"], verdict["rights"])
                return end(*said, self.terminal)
            opened = self.open_request(verdict)
            request = int(opened["request"])
            if not self.execution.waits:
                self.terminal.line(
                    f"Request PM-{request} is pending. Run the program again once it is approved."
                )
                return RUNS
            code = self.wait_for_decision(opened)
            if code is not None:
                return code
        self.terminal.line("The policies keep asking for further approvals. Tell an administrator.")
        return REFUSED

    def show(self, verdict: dict[str, Any]) -> None:
        """The window's texts, the labelled ones with what they label."""
        event = self.execution.event
        for prompt in verdict["prompts"]:
            texts = prompt["texts"]
            if prompt["kind"] == "pending":
                self.terminal.line(texts.get("pending", ""))
                continue
            self.terminal.line(f"── {texts.get('title', '')} ──")
            for name, value in (("application", event["file_path"]), ("user", event["account"])):
                if f"{name}_label" in texts:
                    self.terminal.line(f"{texts[f'{name}_label']}: {value}")
            for name in ("message", "information", "instruction"):
                if texts.get(name):
                    self.terminal.line(texts[name])

    def reason(self) -> str:
        if not self.execution.reason:
            return self.terminal.ask("Reason (required): ")
        self.terminal.line(f"Reason (required): {self.execution.reason}")
        return self.execution.reason

    def answer(self, verdict: dict[str, Any]) -> dict[str, Any]:
        """The verdict after the justification, or after the warning was acknowledged."""
        self.show(verdict)
        justified = verdict["verdict"] == "justification_required"
        return self.client.answer(
            self.execution.event,
            verdict["event_id"],
            answer="justification" if justified else "acknowledged",
            text=self.reason() if justified else "",
        )

    def open_request(self, verdict: dict[str, Any]) -> dict[str, Any]:
        """The request that the verdict asks for, with its wait ticket; a pending one as it is."""
        self.show(verdict)
        if verdict["verdict"] == "pending":
            return verdict
        opened = self.client.submit_reason(
            verdict["event_id"],
            reason=self.reason(),
            waits=self.execution.waits,
            minutes=self.execution.minutes,
        )
        self.terminal.line(f"Request PM-{opened['request']} was sent.")
        return opened

    def wait_for_decision(self, opened: dict[str, Any]) -> int | None:
        """None once it is approved; else the exit code."""
        try:
            self.terminal.line("Waiting for approval… (Ctrl+C to cancel)")
            state = self.poll(opened["wait_ticket"])
        except KeyboardInterrupt:
            self.client.cancel(int(opened["request"]))
            self.terminal.line("The request was cancelled.")
            return CANCELLED
        timeout = f"{self.execution.timeout:g}"
        words = {
            "approved": "Approved",
            "denied": "Approval request was denied",
            "expired": "Approval request has expired",
            "cancelled": "Approval request was cancelled",
            "pending": f"No decision within {timeout} seconds. Run this again within 10 minutes, or the "
            "request is cancelled",
        }
        by = f" by {state['decided_by']}" if state["decided_by"] else ""
        comment = f": {state['comment']}" if state["comment"] else "."
        self.terminal.line(f"{words[state['state']]}{by}{comment}")
        return {"approved": None, "pending": TIMED_OUT}.get(state["state"], REFUSED)

    def poll(self, ticket: str) -> dict[str, Any]:
        """Ask until there is a decision; survives a restart of the console."""
        timeout = self.execution.timeout
        end = time.monotonic() + timeout if timeout else float("inf")
        reached = time.monotonic()
        while True:
            left = end - time.monotonic()
            try:
                state = self.client.wait(ticket, seconds=int(min(POLL, max(left, 0))))
                reached = time.monotonic()
            except (Unreachable, RefusedByConsole) as error:
                again = isinstance(error, Unreachable) or error.status in {429, 502, 503, 504}
                if not again or time.monotonic() > reached + MAX_SILENCE:
                    raise
                time.sleep(1)
                continue
            if state["state"] != "pending" or time.monotonic() >= end:
                return state


def end(verdict: str, message: str, rights: Mapping[str, Any], terminal: Terminal) -> int:
    """Say whether and how the program runs; the exit code."""
    if verdict == "deny":
        terminal.line(message or "This application is not allowed to run.")
        return REFUSED
    if verdict == "no_match":
        terminal.line("No policy matches this program: it runs with the user's own rights.")
    elif rights["elevate"]:
        terminal.line("The program runs with administrative rights.")
    elif rights["run_as"]:
        terminal.line(f"The program runs as {rights['run_as']}.")
    else:
        terminal.line("The program runs with the user's own rights.")
    return RUNS


def play_offline(
    computer: Registered,
    store: Store,
    event: dict[str, Any],
    terminal: Terminal,
    *,
    response: str = "",
) -> int:
    """The same while the console can't be reached: by the policies that were fetched last.

    A form with offline fallback shows a code for the help desk; `response` is what they answered.
    Raises NoPolicies and WrongCode.
    """
    decision = decide_alone(computer, store, event)
    has_fallback = any(
        each.action_kind == "approval_request_offline_form" for each in decision.prompts
    )
    if decision.verdict == "approval_required" and decision.need and has_fallback:
        if not response:
            code = request_code(store.code, event)
            terminal.line(
                f"Call the help desk. Computer: {computer.name}. Request code: {code[:4]} {code[4:]}"
            )
            return REFUSED
        code = accept(store.code, event, response, computer_key=computer.computer_key)
        decision = decide_alone(
            computer, store, event, grants=[decision.need.granted_once()], offline_code=code
        )
    if decision.verdict in {"allow", "deny", "no_match"}:
        return end(decision.verdict, decision.message, decision.rights, terminal)
    return end("deny", "The console can't be reached, and this program needs it.", {}, terminal)
