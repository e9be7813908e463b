"""Menu paths: Admin | Configuration | Foreign Systems, each place that has a page linked to it."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from items.family import families

# Pages that are no list of a family. The apps that have them name them here.
_PLACES: dict[tuple[str, ...], str] = {}


@dataclass(frozen=True)
class Crumb:
    label: str
    url: str = ""


def place(trail: tuple[str, ...], url_name: str) -> None:
    """Say that the menu path `trail` leads to a page of its own."""
    _PLACES[trail] = url_name


def crumbs(trail: tuple[str, ...]) -> list[Crumb]:
    """The steps of a menu path, each with its address if it has one."""
    return [Crumb(label, url_of(trail[: n + 1])) for n, label in enumerate(trail)]


def url_of(trail: tuple[str, ...]) -> str:
    """Where a menu path leads, "" if nowhere."""
    lists = {family.trail: f"{family.namespace}:list" for family in families()}
    name = _PLACES.get(trail) or lists.get(trail)
    try:
        return reverse(name) if name else ""
    except NoReverseMatch:
        return ""
