"""What deserves a second look before approving: facts with their numbers, no score. Pure.

Pages and mails show the same signs. `title` carries its own punctuation; `text` may be empty.
"""

import ntpath
import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Literal

from approvals.letters import command_signs
from approvals.letters.exact import MAX_SHOWN
from approvals.letters.execution import Execution
from core.text import visible

_TEMPORARY = re.compile(
    r"^([a-z]:)?\\(.*\\)?(temp|tmp|%temp%|%tmp%|temporary internet files)\\"
    r"|^%te?mp%\\"
    r"|^/?(/private)?(/var)?/tmp/|^/?/dev/shm/|^/?/private/var/folders/|^/?/run/user/",
    re.IGNORECASE,
)
_NETWORK = re.compile(r"\\\\(?![?.]\\(?!UNC\\))", re.IGNORECASE)
_DOWNLOADS = re.compile(r"[\\/]downloads[\\/]", re.IGNORECASE)


@dataclass(frozen=True)
class Sign:
    """One fact and its weight: "wait" look twice, "good" speaks for it, "bad" against it."""

    kind: Literal["wait", "good", "bad"]
    title: str
    text: str = ""


@dataclass(frozen=True)
class Seen:
    """Where this file was seen: first when (aware), and on how many of how many computers."""

    first: datetime
    computers: int
    of: int


@dataclass(frozen=True)
class Earlier:
    """The newest decision about the same file, and how many there were with that outcome.

    `revoked`: an approval that was taken back since; it speaks against the file.
    """

    approved: bool
    at: datetime
    account: str
    computer: str
    count: int = 1
    revoked: bool = False


def signs(
    execution: Execution,
    *,
    signer: str | None,
    now: datetime,
    zone: tzinfo,
    requester_known: bool = True,
    seen: Seen | None = None,
    earlier: Earlier | None = None,
    later: Earlier | None = None,
) -> tuple[Sign, ...]:
    """The signs of one request, in the order they are shown: what hides something comes first.

    `requester_known`: a profile holds the account. `signer` is "" for unsigned, None where the
    platform does not say (then no sign). `earlier` was decided before this request was asked (or
    decided), `later` since. `seen`, `earlier` and `later` None mean unknown or none. "Today" is the
    day of `now` in `zone`.
    """
    found: list[Sign | None] = [*_of_command(execution)]
    if not requester_known:
        text = "this account is in nobody's profile, so self-approval can't be recognized"
        found.append(Sign("wait", "The requester isn't known here:", text))
    if signer == "":
        found.append(Sign("wait", "Unsigned:", "the publisher can't be checked"))
    if seen and seen.first.astimezone(zone).date() == now.astimezone(zone).date():
        text = f"on {seen.computers} of {seen.of} computers"
        found.append(Sign("wait", "First seen today,", text))
    found.append(_folder(execution.file_path))
    for title, decided in (("Same file:", earlier), ("Same file, decided later:", later)):
        found.append(_same_file(title, decided, now, zone) if decided else None)
    return tuple(sign for sign in found if sign)


def worst_of_command(execution: Execution) -> str:
    """The titles of what speaks against the command line, for one line of a list; "" for nothing."""
    bad = [sign.title.rstrip(":") for sign in _of_command(execution) if sign.kind == "bad"]
    return ", ".join(bad)


def _of_command(execution: Execution) -> list[Sign]:
    """What hides a part of what is asked for, or what it does."""
    found = []
    if execution.hidden_in:
        title = f"Hidden characters in the {execution.hidden_in}:"
        found.append(Sign("bad", title, "shown here as [U+…]"))
    if execution.reworded:
        found.append(Sign("bad", "The endpoint words the command line differently"))
    found += _of_words(execution.words)
    if execution.on_windows and command_signs.holds_network_path(execution.words[1:]):
        found.append(Sign("wait", "A network path in the command line"))
    for value in execution.values:
        if len(value.text) > MAX_SHOWN:
            label = "command line" if value.label == "Arguments" else value.label.lower()
            text = f"{len(value.text):,} characters, read the full text before you decide"
            found.append(Sign("wait", f"Long {label}:", text))
    return found


def _of_words(words: Sequence[str]) -> list[Sign]:
    """What the program, or another that it starts, is told to do out of sight."""
    found = []
    if command_signs.encoded_powershell(words):
        found.append(Sign("bad", "Encoded PowerShell:", "what it does can't be read here"))
    if command_signs.hidden_window(words):
        found.append(Sign("bad", "Hidden window:", "its user doesn't see it run"))
    if interpreter := command_signs.code_from_command_line(words):
        text = f"run by {visible(interpreter, 40)}"
        found.append(Sign("wait", "Code in the command line:", text))
    if blob := command_signs.longest_blob(words):
        text = f"{blob:,} characters that can't be read here"
        found.append(Sign("wait", "Base64 in the command line:", text))
    if command_signs.holds_address(words):
        found.append(Sign("wait", "A web address in the command line"))
    return found


def _folder(file_path: str) -> Sign | None:
    path = ntpath.normpath(file_path) if "\\" in file_path else posixpath.normpath(file_path)
    if _TEMPORARY.search(path):
        return Sign("wait", "Runs from a temporary folder")
    if _NETWORK.match(path):
        return Sign("wait", "Runs from a network folder")
    if _DOWNLOADS.search(path):
        return Sign("wait", "Runs from a Downloads folder")
    return None


def _same_file(title: str, decided: Earlier, now: datetime, zone: tzinfo) -> Sign:
    noun = "denial" if not decided.approved else "approval"
    if decided.revoked:
        noun = f"revoked {noun}"
    count = f"one {noun}" if decided.count == 1 else f"{decided.count} {noun}s, the last"
    local, today = decided.at.astimezone(zone), now.astimezone(zone).date()
    day = "today" if local.date() == today else f"on {local:%Y-%m-%d}"
    who = f"for {visible(decided.account, 60)} on {visible(decided.computer, 60)}"
    text = f"{count} {day}, {local:%H:%M}, {who}"
    is_good = decided.approved and not decided.revoked
    return Sign("good" if is_good else "bad", title, text)
