"""What an approval covers, in words, from what the request froze of its approval type. Pure."""

from dataclasses import dataclass

from approvals.terms import MINUTES_A_DAY, Characteristics
from core.dates import duration


@dataclass(frozen=True)
class Bound(Characteristics):
    """What a grant of a request is bound to.

    `has_hash`: the file was reported with its SHA-256; without one it is bound by its path.
    `one_time_ends_after`: minutes after which a One Time grant ends unused.
    """

    has_hash: bool = True
    one_time_ends_after: int = MINUTES_A_DAY


def covers(characteristics: Bound, *, one_time: bool) -> str:
    """The sentence part that follows "It covers ", without a full stop.

    A One Time approval is always bound to exactly what was asked, whatever the characteristics.
    """
    if one_time:
        within = duration(characteristics.one_time_ends_after)
        return (
            f"one run of exactly what was asked, within {within} of the approval: the same file at "
            "the same path, the same interpreter, arguments, account to run as and working folder, "
            "with no other rights"
        )
    if not characteristics.file_specific:
        file = "any program that needs this type of approval,"
    elif characteristics.has_hash:
        file = "this file only"
    else:
        file = "any file at this path"
    exactly = characteristics.command_line_specific
    arguments = "with exactly these arguments" if exactly else "with any arguments"
    policy = " under this policy" if characteristics.policy_specific else ""
    return f"{file} {arguments}{policy}, for this user on this computer, with no other rights"
