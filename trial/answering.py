"""Answering a captured email as its recipient would: a real reply, over real SMTP."""

import smtplib
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from trial import mail_account
from trial.messages import CapturedMessage

MAX_STEP = 10  # seconds for one step
_POLICY = policy.SMTP.clone(max_line_length=998)  # RFC 5322: longer lines are encoded


class NotSent(Exception):
    """The trial mail server did not take the reply; the message has its own words."""


def build_reply(original: CapturedMessage, *, author: str, answer: str, now: datetime) -> bytes:
    """The reply that `author`'s mail program would make of `answer`, with the original quoted."""
    reply = EmailMessage(policy=_POLICY)
    reply["From"] = author
    reply["To"] = original.reply_to
    reply["Subject"] = f"Re: {original.subject}"
    reply["Date"] = format_datetime(now)
    reply["Message-ID"] = make_msgid(domain=author.rpartition("@")[2])
    if original.message_id:
        reply["In-Reply-To"] = original.message_id
        reply["References"] = " ".join([*original.references[-10:], original.message_id])
    quoted = "\n".join(f"> {line}".rstrip() for line in original.text.splitlines())
    written = "\n".join(answer.splitlines())
    introduction = f"On {now:%d %b %Y at %H:%M}, {original.sender} wrote:"
    reply.set_content(f"{written}\n\n{introduction}\n{quoted}\n")
    return reply.as_bytes()


def send(raw: bytes, *, author: str, to: str) -> None:
    """Hand the reply to the trial mail server, signed in. Raises NotSent with the server's words."""
    try:
        with smtplib.SMTP("127.0.0.1", mail_account.port(), timeout=MAX_STEP) as server:
            server.login(mail_account.USERNAME, mail_account.password())
            server.sendmail(author, [to], raw)
    except smtplib.SMTPRecipientsRefused as error:
        code, words = error.recipients[to]
        raise NotSent(_words(code, words)) from error
    except smtplib.SMTPResponseException as error:
        raise NotSent(_words(error.smtp_code, error.smtp_error)) from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotSent(f"The trial mail server did not answer: {error}") from error


def _words(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"The trial mail server said: {code} {text}"
