"""How the Trial Mailbox signs in to the trial mail server: with what `up` generated."""

import os

from django.utils.crypto import constant_time_compare

USERNAME = "trial"
AUTHSERV_ID = "trial.invalid"  # the name under which the trial mail server states its findings


def port() -> int:
    """Where the trial mail server listens; 0 if no `up` has chosen a port yet."""
    return int(os.environ.get("TRIAL_MAIL_PORT", "0"))


def password() -> str:
    """The generated password; empty outside of a trial."""
    return os.environ.get("TRIAL_MAIL_PASSWORD", "")


def is_right(username: str, given: str) -> bool:
    """Whether a client may sign in. Without a generated password nobody may."""
    expected = password()
    same = constant_time_compare(given, expected)
    return bool(expected) and username == USERNAME and same
