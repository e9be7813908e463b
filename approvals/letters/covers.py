"""What an approval covers, in words, from what the request froze of its approval type. Pure."""

from dataclasses import dataclass

from approvals.terms import Characteristics

ONE_TIME = (
    "one run of exactly what was asked: the same file and interpreter, the same arguments, "
    "account to run as and working folder"
)


@dataclass(frozen=True)
class Bound(Characteristics):
    """What a timed grant of a request is bound to.

    `has_hash`: the file was reported with its SHA-256; without one it is bound by its path.
    """

    has_hash: bool = True


def covers(characteristics: Bound, *, one_time: bool) -> str:
    """The sentence part that follows "It covers ", without a full stop.

    A One Time approval is always bound to exactly what was asked, whatever the characteristics.
    """
    if one_time:
        return ONE_TIME
    parts = [_file(characteristics), _arguments(characteristics)]
    if characteristics.policy_specific:
        parts.append("under this policy")
    return f"{' '.join(parts)}, for this user on this computer"


def _file(characteristics: Bound) -> str:
    if not characteristics.file_specific:
        return "any program that needs this type of approval,"
    return "this file only" if characteristics.has_hash else "any file at this path"


def _arguments(characteristics: Bound) -> str:
    if characteristics.command_line_specific:
        return "with exactly these arguments"
    return "with any arguments"
