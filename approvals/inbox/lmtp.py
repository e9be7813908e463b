"""LMTP (RFC 2033): a mail server hands messages over and is answered for each recipient."""

from aiosmtpd.lmtp import LMTP

from approvals.inbox.smtp_protocol import Protocol


class LmtpProtocol(LMTP, Protocol):
    """A conversation that begins with LHLO."""

    async def check_helo_needed(self, helo: str = "LHLO") -> bool:
        return await super().check_helo_needed("LHLO")

    async def answer_message(self, status: str) -> None:
        """Say it once for each recipient that was accepted: they share the message and its fate."""
        assert self.envelope is not None
        for _ in self.envelope.rcpt_tos:
            await self.push(status)
