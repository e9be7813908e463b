"""What every text that a regular expression matches has in it."""

import re

_TOKEN = re.compile(
    r"""(?P<plain>[A-Za-z0-9 !"#%&',\-/:;<=>@_`~])  # a character that means itself
      | \\(?P<escaped>[\\.+*?()|\[\]{}^$\-/])
      | (?P<other>\\[bBdDsSwWAzaftnrv] | [.^$] | \[\^?\]?(?:\\[^Q]|[^]\[\\])*\])""",
    re.VERBOSE,
)
_TIMES = re.compile(r"\{[0-9]+(?:,[0-9]*)?\}\??|[*?]\??")


def literal_in(expression: str) -> str:
    """The longest run of ASCII characters that each match holds, but for case; "" if not sure.

    Reads only what is plain: characters in a row outside groups and classes. An alternative at the
    top, flags, and whatever it doesn't know end the search without a find.
    """
    runs, run, at = [], "", 0
    while at < len(expression):
        token = _TOKEN.match(expression, at)
        letter = (token["plain"] or token["escaped"] or "") if token else ""
        end = token.end() if token else _end_of_group(expression, at)
        if not end:
            return ""
        times = _TIMES.match(expression, end)  # perhaps not once
        more = not times and expression.startswith("+", end)
        if not times:
            run += letter
        if times or more or not letter:
            runs.append(run)
            run = ""
        at = times.end() if times else end
        at += 1 if more else 0
        if expression.startswith("{", at) or (more and expression.startswith("+", at)):
            return ""
    return max([*runs, run], key=len)


def _end_of_group(expression: str, begin: int) -> int:
    """Where the group ends that begins there; 0 if none does, or none that is plain to see."""
    depth, at = 0, begin
    while at < len(expression):
        token = _TOKEN.match(expression, at)
        if token:
            at = token.end()
            continue
        if expression[at] not in "()|*+?{},":
            return 0
        if expression.startswith("(?", at) and not expression.startswith("(?:", at):
            return 0
        depth += {"(": 1, ")": -1}.get(expression[at], 0)
        at += 1
        if depth <= 0:
            return at if expression[begin] == "(" else 0
    return 0
