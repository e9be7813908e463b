"""The engine: an execution event and policies in, one decision with its reasons out.

Read in this order:

* `event`     what an endpoint reports: `Event`, with every limit on what it may hold
* `model`     what an administrator configured: `Policy`, `Filter`, `Action`, `ApprovalType`, and
              what approvers gave: `Grant`
* `filters/`  one file for each kind of filter; `from_settings(kind, json)` builds one, and its
              `test(event, now)` says whether it matches, and why in a sentence
* `matching`  which policies match, in order, with a trace of every condition
* `verdict`   what the actions of the matched policies lead to
* `decide`    the entry point: `decide(event, policies, now=...)` puts the two together
* `keys`      what an approval covers: `scope_key`, `exact_key`, `plea_key`, `pause_key`, `covers`
* `decision`  the result: `Decision`, the very object that the console shows, the agent's answer is
              made of and the tests assert

The console, the agent API, the commands and the replay all call `decide`, so they can't differ. The
engine knows no Django: it imports the standard library and four pure modules of ours
(actions.kinds, actions.platforms, approvals.terms, core.text). It does no input or output and reads
no clock: `now` is passed in. Regular expressions are the one thing it can't do alone, because `re`
may take exponential time and differs from RE2 in what `$` and `\\d` mean: the server passes
`re2.compile` to `from_settings`, and without it such a filter raises `ServerOnly`.

What endpoints send is data and may be anything: no string in an event makes `decide` raise, becomes
a pattern, or costs more than time in proportion to its length.
"""

from approvals.terms import Characteristics, Rights
from policies.engine.decide import decide
from policies.engine.decision import ConditionTrace, Decision, Need, PolicyTrace, Prompt
from policies.engine.event import Event
from policies.engine.filters import FILTER_KINDS, ServerOnly, from_settings
from policies.engine.keys import covers, exact_key, pause_key, plea_key, scope_key
from policies.engine.model import Action, ApprovalType, Filter, Grant, ParentDecision, Policy

__all__ = [
    "FILTER_KINDS",
    "Action",
    "ApprovalType",
    "Characteristics",
    "ConditionTrace",
    "Decision",
    "Event",
    "Filter",
    "Grant",
    "Need",
    "ParentDecision",
    "Policy",
    "PolicyTrace",
    "Prompt",
    "Rights",
    "ServerOnly",
    "covers",
    "decide",
    "exact_key",
    "from_settings",
    "pause_key",
    "plea_key",
    "scope_key",
]
