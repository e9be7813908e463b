"""The days and periods of a Time of Day filter."""

from policies.describe.lists import joined
from policies.engine.filters import TimeOfDay
from policies.engine.filters.time_of_day import DAYS

_SHORTEST_RUN = 3  # days that are told as "Monday to Wednesday"


def time_words(settings: TimeOfDay) -> str:
    """ "Monday to Friday, 08:00 to 18:00 (Europe/Oslo)"; without days or periods, every or all day."""
    periods = joined([_period(text) for text in settings.periods], "and") or "all day"
    return f"{_days(settings.days)}, {periods} ({settings.zone})"


def _days(days: tuple[str, ...]) -> str:
    chosen = [number for number, day in enumerate(DAYS) if day in days]
    if len(chosen) in (0, len(DAYS)):
        return "every day"
    runs: list[list[int]] = []
    for number in chosen:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return joined([words for run in runs for words in _run(run)], "and")


def _run(numbers: list[int]) -> list[str]:
    names = [DAYS[number].capitalize() for number in numbers]
    return [f"{names[0]} to {names[-1]}"] if len(names) >= _SHORTEST_RUN else names


def _period(text: str) -> str:
    begin, end = (part.strip() for part in text.split("-"))
    return f"{begin} to {end}" if begin < end else f"{begin} to {end} the next day"
