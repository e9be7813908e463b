"""Menu paths: Admin | Configuration | Foreign Systems, each place that has a page linked to it."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from core.roles import ROLES, Roles

Trail = tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """A menu path that leads to a page, and the roles that may open it."""

    trail: Trail
    url_name: str
    roles: Roles

    @property
    def url(self) -> str:
        """Its address; "" in an installation without this page."""
        try:
            return reverse(self.url_name)
        except NoReverseMatch:
            return ""


@dataclass(frozen=True)
class Crumb:
    """One step of a menu path, with its address if it has one."""

    label: str
    url: str = ""


_places: dict[Trail, Place] = {}


def place(trail: Trail, url_name: str, roles: Roles = frozenset(ROLES)) -> Trail:
    """Declare that the menu path `trail` leads to this page. Families do so for their lists."""
    _places[trail] = Place(trail, url_name, roles)
    return trail


def places() -> list[Place]:
    """Every place, in the order of registration."""
    return list(_places.values())


def url_at(trail: Trail) -> str:
    """The address of the page at a menu path; "" where nothing has registered it."""
    return _places[trail].url if trail in _places else ""


def crumbs(trail: Trail) -> list[Crumb]:
    """The steps of a menu path, one that is called as the step above it left out (Tasks | Tasks)."""
    steps = [trail[: n + 1] for n in range(len(trail)) if n == 0 or trail[n] != trail[n - 1]]
    return [Crumb(step[-1], _places[step].url if step in _places else "") for step in steps]
