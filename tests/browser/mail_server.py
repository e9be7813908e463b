"""A real SMTP server of an organisation, which keeps what it takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.running_trial import eventually, free_port


class _Keeping:
    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        return "250 2.0.0 Ok: queued as 7F2A1"


class MailServer:
    """Its address, and the messages that came."""

    def __init__(self, port: int, keeping: _Keeping) -> None:
        self.url = f"smtp://127.0.0.1:{port}"
        self._keeping = keeping

    def message_to(self, recipient: str, subject: str) -> EmailMessage:
        """The newest message to `recipient` whose subject holds `subject`, once it has come."""

        def look() -> EmailMessage | None:
            fitting = [
                message
                for message in self._keeping.taken
                if recipient in str(message["To"]) and subject in str(message["Subject"])
            ]
            return fitting[-1] if fitting else None

        found = eventually(look, within=60, what=f"{subject} to {recipient}")
        assert found is not None
        return found


@contextmanager
def mail_server() -> Iterator[MailServer]:
    keeping, port = _Keeping(), free_port()
    controller = Controller(keeping, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield MailServer(port, keeping)
    finally:
        controller.stop()
