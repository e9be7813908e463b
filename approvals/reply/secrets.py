"""Keeps tokens, and characters that a database refuses, out of what is shown and stored."""

from dataclasses import dataclass, replace

import re2

from approvals.reply.reading import Reading, Step
from core.addresses import bounce_address

LINK = re2.compile(r"(?i)(/d/)[a-z0-9]{16,}")
BARE = re2.compile(r"(?i)\b[a-z2-7]{26}\b")


@dataclass(frozen=True)
class Mask:
    """Replaces tokens by … in every text of a reading."""

    reply_address: str
    tokens: tuple[str, ...] = ()

    def also(self, tokens: tuple[str, ...]) -> "Mask":
        return replace(self, tokens=(*self.tokens, *tokens))

    def text(self, text: str) -> str:
        clean = text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
        for address in (self.reply_address, bounce_address(self.reply_address)):
            local = re2.escape(address.rpartition("@")[0])  # what follows may be cut off
            clean = re2.sub(rf"(?i)\b({local}\+)[a-z0-9]+", _hidden, clean)
        clean = BARE.sub(_hidden, LINK.sub(_hidden, clean))
        for token in self.tokens:
            if len(token) >= 8:
                clean = re2.sub(f"(?i){re2.escape(token)}", _hidden, clean)
        return str(clean)

    def reading(self, reading: Reading) -> Reading:
        steps = tuple(Step(step.name, step.passed, self.text(step.text)) for step in reading.steps)
        return replace(
            reading,
            steps=steps,
            comment=self.text(reading.comment),
            reason=self.text(reading.reason),
            first_line=self.text(reading.first_line),
            report=self.text(reading.report),
            sender=self.text(reading.sender),
            authentication=self.text(reading.authentication),
        )


def _hidden(found: "re2._Match[str]") -> str:
    """… for a token, behind what stands before it. A text of RE2's would come out as Latin-1."""
    return f"{found.group(1) if found.re.groups else ''}…"
