"""Lint: what is odd about policies that are valid, and what to do about it.

* `examples`  executions that a filter matches, made from its settings
* `findings`  the result: a sentence and an advice
* `reach`     which policies never come to decide, because others do first
* `risks`     what one policy gives away by itself
* `linter`    the entry point: `Linter(policies).findings(policy)`

Whether a policy covers another is asked of the engine itself: each example of the one is put to the
other's conditions, so that globs, names and users mean here what they mean at an endpoint. Where no
example can be made, as for regular expressions, nothing is claimed. A finding forbids nothing: it is
advice, and whatever it says is worth a look. Pure: knows no Django.
"""

from policies.lint.findings import Finding
from policies.lint.linter import Linter, PlacedPolicy

__all__ = ["Finding", "Linter", "PlacedPolicy"]
