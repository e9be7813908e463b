"""Strict JSON, without the liberties that parsers take."""

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

from agents.authentication import MAX_BODY
from agents.errors import Malformed, TooLarge


class StrictParser(Parser):
    """Refuses NaN, infinities, duplicate names in an object, and anything but an object."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        if len(request.body) > MAX_BODY:
            raise TooLarge("too_large", f"A body can have at most {MAX_BODY} bytes.")
        return parse_object(request.body)


def parse_object(body: bytes) -> dict[str, Any]:
    """Raises Malformed, saying what is wrong."""
    try:
        parsed = json.loads(
            body.decode(), parse_constant=_refuse_constant, object_pairs_hook=_without_doubles
        )
    except RecursionError:
        raise Malformed("malformed", "The JSON is nested too deeply.") from None
    except ValueError as error:  # UnicodeDecodeError and JSONDecodeError too
        raise Malformed("malformed", f"The body is not valid JSON in UTF-8: {error}") from None
    if not isinstance(parsed, dict):
        raise Malformed("malformed", "The body must be a JSON object.")
    return parsed


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(pairs)
    if len(unique) < len(pairs):
        raise ValueError("an object contains the same name twice")
    return unique
