"""What lint finds."""

from dataclasses import dataclass

from policies.engine import Filter, Policy


@dataclass(frozen=True)
class Finding:
    """Sentences for people: what is so, and what to do. `about`: the other item that they name."""

    kind: str
    text: str
    advice: str
    about: Policy | Filter | None = None
