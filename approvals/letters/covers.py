"""What an approval covers, in words, from what the request froze of its approval type. Pure."""

from dataclasses import dataclass

ONE_TIME = (
    "one run of exactly what was asked: the same file and interpreter, the same arguments, "
    "account to run as and working folder"
)


@dataclass(frozen=True)
class Characteristics:
    """What binds a timed grant beyond user, computer and approval type.

    `has_hash`: the file was reported with its SHA-256; without one it is bound by its path.
    """

    file_specific: bool = True
    policy_specific: bool = False
    command_line_specific: bool = True
    has_hash: bool = True


def covers(characteristics: Characteristics, *, one_time: bool) -> str:
    """The sentence part that follows "It covers ", without a full stop.

    A One Time approval is always bound to exactly what was asked, whatever the characteristics.
    """
    if one_time:
        return ONE_TIME
    parts = [_file(characteristics), _arguments(characteristics)]
    if characteristics.policy_specific:
        parts.append("under this policy")
    return f"{' '.join(parts)}, for this user on this computer"


def _file(characteristics: Characteristics) -> str:
    if not characteristics.file_specific:
        return "any program that needs this type of approval,"
    return "this file only" if characteristics.has_hash else "any file at this path"


def _arguments(characteristics: Characteristics) -> str:
    if characteristics.command_line_specific:
        return "with exactly these arguments"
    return "with any arguments"
