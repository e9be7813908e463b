"""Reading what an agent sends: JSON without the liberties that parsers take."""

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

from agents.authentication import LARGEST_BODY
from agents.errors import Malformed, TooLarge


class StrictParser(Parser):
    """Refuses NaN, infinities, a name twice in one object, and anything that is no object."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        if len(request.body) > LARGEST_BODY:
            raise TooLarge("too_large", f"A body may have {LARGEST_BODY} bytes at most.")
        return parse_object(request.body)


def parse_object(body: bytes) -> dict[str, Any]:
    """Raises Malformed, saying what is wrong."""
    try:
        found = json.loads(
            body.decode(), parse_constant=_refuse_constant, object_pairs_hook=_without_doubles
        )
    except RecursionError:
        raise Malformed("malformed", "The JSON is nested too deeply.") from None
    except ValueError as error:  # UnicodeDecodeError and JSONDecodeError too
        raise Malformed("malformed", f"The body is not valid JSON in UTF-8: {error}") from None
    if not isinstance(found, dict):
        raise Malformed("malformed", "The body must be a JSON object.")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object holds the same name twice")
    return found
