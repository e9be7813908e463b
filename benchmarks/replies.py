"""How long the reading of a reply takes, beside libraries that cut replies out of mail.

Ours reads the whole message: limits, sender, invitation, text and HTML, answer. The others get the
plain text alone and give back what they take for newly written. What nobody should wait for is hostile
text: a shared worker reads mail of anybody who knows an address. Talon's own work on HTML isn't measured.
"""

import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from itertools import cycle

from approvals.reply import Email, Invited, Keys, MailboxRules, understand
from benchmarks.comparing import Bar, arguments, finish, per_call, show, take_turns, with_packages

PEERS = ("mail-parser-reply==1.36", "email-reply-parser==0.5.12", "talon==1.4.4")
SIZE = 30_000  # characters of a hostile text
PATIENCE = (
    4  # seconds of processor time after which a hostile text is given up, and counted as that long
)
MOST = 50.0  # milliseconds that any of them may take

ADDRESS = "reply+a2b3c4d5e6f7g2h3i4j5k6l7m2@pm.example.com"
RULES = MailboxRules("reply@pm.example.com", ("mx.example.com",))
HEAD = (
    "Authentication-Results: mx.example.com; dkim=pass header.d=example.com; "
    "spf=pass smtp.mailfrom=dana@example.com; dmarc=pass header.from=example.com\n"
    f"From: Dana Whitfield <dana@example.com>\nTo: {ADDRESS}\n"
    "Subject: Re: [PM-1042] Approval needed: setup.exe for alice on WS-014\n"
    "Date: Tue, 14 Jul 2026 09:26:00 +0000\nMIME-Version: 1.0\nContent-Type: {kind}; charset=utf-8\n\n"
)
ANSWER = "Approved, for 2 hours.\n\nThe publisher is known to us.\n\n-- \nDana Whitfield\n\n"
OURS = (
    "Write your answer above this line",
    "",
    "User alice asks to run setup.exe as administrator on WS-014.",
    "",
    'Reason: "Need the CAD viewer für the Hansen tender; x y? x y?"',
    "",
    *("How to answer: reply to this email. Only the first line decides.",) * 30,
)
QUOTE = "On Tue, 14 Jul 2026 at 09:25, Approvals <reply@pm.example.com> wrote:\n" + "".join(
    f"> {line}\n" for line in OURS
)
# What was sent is known, as it always is of a request.
SENT = (Email("\n".join(OURS), "".join(f"<p>{line}</p>" for line in OURS)),)
TEXTS = {
    "newlines": "\n",
    "words before newlines": "x\n",
    "quote marks": "> \n",
    "soft breaks": "a \n",
    "signature marks": "-- \n",
    "On … wrote": "On wrote ",
    "attributions": "".join(
        f"On 14/07/2026 {minute // 60:02}:{minute % 60:02} a@b.example\n" for minute in range(300)
    ),
    "labels": "a:\n",
    "addresses": "@\n",
    "closings": "regards\n",
    "blanks": " ",
    "our lines": f"> {OURS[-1]}\n",
    "pieces of ours": "> x y?\n",
    "lost letters": f"> Reason: {'a?' * 90}\n",
    "initials and lost letters": f"AB> {'ü?' * 60}\n",
    "links": "> see https://a.example/1 and b@c.example\n",
}
YEARS = cycle(range(2000, 2100))
MARKUP = {
    "<p>": "<p>x",
    "<br>": "<br>",
    "<br> and attributions": "On 2020 a@b wrote:<br>",
    "words": "a ",
    "<a id>": "<a id=x>> ",
    "styles": '<p style="opacity:0;color:rgb(1,1,1)">',
}
HEADERS = {
    "To of addresses": "To: " + "a@b.c," * (SIZE // 6),
    "References": "References: " + "<a@b>" * (SIZE // 5),
    "Content-Type of continuations": "Content-Type: text/plain" + "; a*0*=b" * (SIZE // 8),
    "Subject of encoded words": "Subject: " + "=?utf-8?q?a?= " * (SIZE // 14),
    "Auto-Submitted of brackets": "Auto-Submitted: " + "(" * SIZE,
    "quoted pairs": 'To: "' + '\\"' * (SIZE // 2),
}

Read = Callable[[str], object]


def find(keys: Keys) -> Invited | None:
    return Invited("i-1", "dana@example.com", "pending", sent=SENT)


def read(text: str, kind: str = "text/plain") -> object:
    # What is remembered of one message's attributions mustn't help the next.
    fresh = text.replace("/07/2026 ", f"/07/{next(YEARS)} ")
    return read_raw((HEAD.format(kind=kind) + fresh).encode())


def read_raw(raw: bytes) -> object:
    return understand(raw, rules=RULES, find=find)


def peers() -> dict[str, Read]:
    """The libraries' functions for a plain text; they are installed only where this is measured."""
    talon, multilingual, parser = map(
        import_module, ("talon.quotations", "mailparser_reply", "email_reply_parser")
    )
    return {
        "talon": talon.extract_from_plain,
        "mail-parser-reply": multilingual.EmailReplyParser(languages=["en"]).parse_reply,
        "email-reply-parser": parser.EmailReplyParser.parse_reply,
    }


def cpu_of(call: Callable[[], object]) -> float:
    """Seconds of processor time, so that a busy machine doesn't count; the better of two."""
    found = []
    for _ in range(2):
        begin = time.process_time()
        call()
        found.append(time.process_time() - begin)
    return min(found)


def hostile() -> dict[str, float]:
    """What each hostile message costs us, in seconds."""
    seen = {}
    for name, piece in TEXTS.items():
        for more in ("", "; format=flowed; delsp=yes"):
            text = "APPROVE\n\n" + piece * (SIZE // len(piece))
            seen[name + more] = cpu_of(partial(read, text, f"text/plain{more}"))
    for name, piece in MARKUP.items():
        seen[name] = cpu_of(partial(read, piece * (SIZE // len(piece)), "text/html"))
    for name, field in HEADERS.items():
        raw = f"{field}\n{HEAD.format(kind='text/plain')}APPROVE\n".encode()
        seen[name] = cpu_of(partial(read_raw, raw))
    return seen


def hostile_to(peer: str, name: str) -> float:
    """What a hostile text costs a peer, in a process that can be ended."""
    command = [sys.executable, "-m", "benchmarks.replies", "--one", peer, name]
    found = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    if found.returncode == -signal.SIGXCPU:
        return PATIENCE
    found.check_returncode()
    return float(json.loads(found.stdout.splitlines()[-1]))


def one(peer: str, name: str) -> None:
    """Print what a text costs a peer; the system ends us when PATIENCE is used up."""
    read, text = peers()[peer], TEXTS[name] * (SIZE // len(TEXTS[name]))
    limit = int(time.process_time() + 2 * PATIENCE)  # of two turns
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
    print(cpu_of(partial(read, text)))


def main() -> None:
    options = arguments(__doc__)
    with_packages(*PEERS)
    ordinary = {"pmconsole": read, **peers()}
    text = ANSWER + QUOTE
    contenders = {
        name: per_call(partial(call, text), calls=20 if options.quick else 100)
        for name, call in ordinary.items()
    }
    figures = take_turns(contenders, rounds=5 if options.quick else 15)
    show("A reply with our email quoted below it", figures, unit="ms", scale=1000)

    ours = hostile()
    tell("pmconsole, hostile messages of 30 KB", ours)
    names = ["newlines", "On … wrote"] if options.quick else list(TEXTS)
    worst_of_peers = {}
    for peer in peers():
        theirs = {name: hostile_to(peer, name) for name in names}
        tell(f"{peer}, hostile texts of 30 KB", theirs)
        worst_of_peers[peer] = max(theirs.values())
    quickest = min(worst_of_peers.values())
    finish(
        [
            Bar("replies.hostile_ms", max(ours.values()) * 1000, at_most=MOST),
            Bar("replies.hostile_beside_best_peer", max(ours.values()) / quickest, at_most=1),
        ],
        options,
    )


def tell(title: str, seen: dict[str, float]) -> None:
    """The worst five, on standard error."""
    print(f"\n{title} (ms of processor time)", file=sys.stderr)
    for name, seconds in sorted(seen.items(), key=lambda pair: -pair[1])[:5]:
        given_up = "  given up" if seconds >= PATIENCE else ""
        print(f"  {name:40} {seconds * 1000:10.1f}{given_up}", file=sys.stderr)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(*sys.argv[2:4])
    else:
        main()
