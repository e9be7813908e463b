"""The engine: an execution event and policies in, one decision with its reasons out.

Read in this order:

* `event`     what an endpoint reports: `Event`, with every limit on what it may hold
* `model`     what an administrator configured: `Policy`, `Filter`, `Action`, `ApprovalType`, and
              what approvers gave: `Grant`
* `filters/`  one file for each kind of filter; `from_settings(kind, json)` builds one, and its
              `test(event, now)` says whether it matches, and why in a sentence
* `conditions` what a policy demands of an event
* `index`     which policies can match at all, by file name, folder, hash, signer and pieces of text
* `verdict`   what the actions of the matched policies lead to
* `policy_set` the entry point: `compile(policies)` once, then `decide(event, now=...)` for each event
* `explaining` the trace, when it is asked for: every condition of every policy
* `keys`      what an approval covers: `scope_key`, `exact_key`, `plea_key`, `pause_key`, `covers`
* `decision`  the result: `Decision`, the very object that the console shows, the agent's answer is
              made of and the tests assert

The console, the agent API and the commands all call `PolicySet.decide`, so they can't differ. The
engine knows no Django: it imports the standard library and pure modules of ours
(actions.kinds, actions.platforms, approvals.terms, core.command_lines, core.text). It does no input
or output and reads no clock: `now` is passed in. Regular expressions are the one thing it can't do
alone, because `re` may take exponential time and differs from RE2 in what `$` and `\\d` mean: the
server passes `re2.compile` to `from_settings`, and without it such a filter raises `ServerOnly`.

What endpoints send is data and may be anything: no string in an event makes `decide` raise, becomes
a pattern, or costs more than time in proportion to its length.
"""

from approvals.terms import Characteristics, Rights
from policies.engine.decision import ConditionTrace, Decision, Need, PolicyTrace, Prompt
from policies.engine.event import Event
from policies.engine.filters import FILTER_KINDS, ServerOnly, from_settings
from policies.engine.keys import covers, exact_key, pause_key, plea_key, scope_key
from policies.engine.model import Action, ApprovalType, Filter, Grant, ParentDecision, Policy
from policies.engine.policy_set import PolicySet, compile

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
    "PolicySet",
    "PolicyTrace",
    "Prompt",
    "Rights",
    "ServerOnly",
    "compile",
    "covers",
    "exact_key",
    "from_settings",
    "pause_key",
    "plea_key",
    "scope_key",
]
