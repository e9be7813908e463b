"""People: whether those who must have a second factor have one."""

from collections.abc import Iterator

from console.doctor.checks import Check, Options
from console.doctor.findings import Finding, Kind, Level
from console.people.required_factor import people_without_factor

MAX_NAMED = 10

FACTOR_MISSING = Kind(
    "second-factor-missing",
    Level.WARNING,
    "{count} of those who must have a second factor have none: {names}.",
    "They set one up when they next sign in. Until then, whoever knows the password could do it in "
    "their place.",
    "Ask them to sign in soon, and disable accounts that nobody uses (Admin | Users).",
)


def look_at_people(options: Options) -> Iterator[Finding]:
    names = list(people_without_factor().values_list("name", flat=True))
    if names:
        more = len(names) - MAX_NAMED
        shown = names[:MAX_NAMED] + ([f"and {more} more"] if more > 0 else [])
        yield FACTOR_MISSING.found(count=len(names), names=", ".join(shown))


PEOPLE = Check("people", "The second factors of people", (FACTOR_MISSING,), look_at_people)
