"""`make fuzz`: atheris looks for bytes that make the reading of replies raise or break a rule.

    python -m tests.approvals.reply.fuzz -max_total_time=300

The arguments are libFuzzer's. It begins with the messages in `messages/`; half of the inputs are whole
messages, half the body of one whose sender is proven.
"""

import sys
import tempfile
from pathlib import Path

try:
    import atheris
except ImportError:
    sys.exit("atheris isn't installed: there is no wheel for this system. Nothing was tried.")

with atheris.instrument_imports(include=["approvals.reply"]):
    from approvals.reply.explain import Imagined
    from approvals.reply.understand import understand

from tests.approvals.reply.rules_met import why_not

MESSAGES = Path(__file__).parent / "messages"
TOKEN = "k3v9tq7zpx2mbbwlr4yd6shnqq"
ADDRESS = f"reply+{TOKEN}@pm.example.com"
INVITED = Imagined(
    address="dana@example.com", reply_address=ADDRESS, authserv_ids=("mx.example.com",)
)
PROVEN = (
    "Authentication-Results: mx.example.com; dmarc=pass header.from=example.com\r\n"
    f"From: Dana <dana@example.com>\r\nTo: {ADDRESS}\r\n"
).encode()


def try_one(data: bytes) -> None:
    raw = PROVEN + data[1:] if data[:1] < b"\x80" else data[1:]
    reading = understand(raw, rules=INVITED.rules(), find=INVITED.find(), recipients=(ADDRESS,))
    broken = why_not(raw, reading, token=TOKEN, address="dana@example.com", server="mx.example.com")
    if broken:
        raise AssertionError(f"{reading.outcome} although {broken}")


def main() -> None:
    given = sys.argv[1:] or ["-max_total_time=300"]
    with tempfile.TemporaryDirectory(prefix="pmconsole-fuzz-") as name:
        for path in MESSAGES.glob("*/*.eml"):
            (Path(name) / f"{path.parent.name}-{path.stem}").write_bytes(
                b"\x80" + path.read_bytes()
            )
        atheris.Setup([sys.argv[0], "-max_len=8192", "-timeout=10", *given, name], try_one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
