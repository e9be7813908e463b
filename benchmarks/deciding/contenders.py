"""Who decides: pmconsole, and its peers. Each is made of the rules, then asked about each event."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from benchmarks.deciding.world import Asked, Folded, Rule, computers
from policies.engine import compile

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
Decide = Callable[[Asked], Any]  # the number of the first policy; of those without order, whether


def ours(known: Sequence[Rule]) -> Decide:
    """As the console does: one compiled set for each set of computer groups."""
    sets = {
        groups: compile(rule.as_policy() for rule in known if rule.group in groups)
        for groups in set(computers())
    }

    def decide(asked: Asked) -> int | None:
        matched = sets[asked.groups].decide(asked.event, now=NOW).matched
        return int(matched[0][1:]) if matched else None

    return decide


def ours_in_one_set(known: Sequence[Rule]) -> Decide:
    everything = compile(rule.as_policy() for rule in known)

    def decide(asked: Asked) -> int | None:
        matched = everything.decide(asked.event, now=NOW).matched
        return int(matched[0][1:]) if matched else None

    return decide


def _holds(rule: Rule, asked: Folded) -> bool:
    match rule.test:
        case "name":
            return asked.name == rule.value
        case "name *":
            return asked.name.startswith(rule.value) and asked.name.endswith(".exe")
        case "folder":
            return asked.path.startswith(rule.value + "\\")
        case "hash":
            return asked.sha256 == rule.value
        case "signer":
            return asked.signer.startswith(rule.value)
    return rule.value in asked.line


def plain_loop(known: Sequence[Rule]) -> Decide:
    def decide(asked: Asked) -> int | None:
        folded = asked.folded()
        for rule in known:
            if rule.group in asked.groups and _holds(rule, folded):
                return rule.number
        return None

    return decide


def loop_by_group(known: Sequence[Rule]) -> Decide:
    sets = {groups: [rule for rule in known if rule.group in groups] for groups in set(computers())}

    def decide(asked: Asked) -> int | None:
        folded = asked.folded()
        for rule in sets[asked.groups]:
            if _holds(rule, folded):
                return rule.number
        return None

    return decide


class _ByHand:
    """Dictionaries for what is exact, one RE2 set for the rest; for one set of groups."""

    def __init__(self, known: Sequence[Rule]) -> None:
        import re2

        self.exact: dict[tuple[str, str], int] = {}
        self.patterns, self.numbers = re2.Set.FullMatchSet(), []
        for rule in known:
            wild = {"name *": "n:{}.*\\.exe", "signer": "s:{}.*", "line": "l:.*{}.*"}.get(rule.test)
            if wild:
                self.patterns.Add(wild.format(re2.escape(rule.value)))
                self.numbers.append(rule.number)
            else:
                self.exact.setdefault((rule.test, rule.value), rule.number)
        if self.numbers:
            self.patterns.Compile()

    def decide(self, asked: Folded) -> int | None:
        get, found = self.exact.get, []
        for key in (("name", asked.name), ("hash", asked.sha256)):
            found.append(get(key))
        folder = asked.path
        while "\\" in folder:
            folder = folder.rpartition("\\")[0]
            found.append(get(("folder", folder)))
        if self.numbers:
            for text in (f"n:{asked.name}", f"s:{asked.signer}", f"l:{asked.line}"):
                found += [self.numbers[at] for at in self.patterns.Match(text) or ()]
        return min((number for number in found if number is not None), default=None)


def index_by_hand(known: Sequence[Rule]) -> Decide:
    sets = {
        groups: _ByHand([rule for rule in known if rule.group in groups])
        for groups in set(computers())
    }
    return lambda asked: sets[asked.groups].decide(asked.folded())


def cedar(known: Sequence[Rule]) -> Decide:
    import cedarpy

    conditions = {
        "name": 'context.name == "{}"',
        "name *": 'context.name like "{}*.exe"',
        "folder": 'context.path like "{}\\\\*"',
        "hash": 'context.sha256 == "{}"',
        "signer": 'context.signer like "{}*"',
        "line": 'context.line like "*{}*"',
    }
    text = "\n".join(
        f'permit (principal in Group::"{rule.group}", action, resource) when {{ '
        + conditions[rule.test].format(rule.value.replace("\\", "\\\\"))
        + " };"
        for rule in known
    )
    policies = cedarpy.PolicySet.from_str(text)
    entities = {
        groups: cedarpy.Entities.from_json_str(
            json.dumps(
                [
                    {
                        "uid": {"type": "Computer", "id": "c"},
                        "attrs": {},
                        "parents": [{"type": "Group", "id": str(group)} for group in groups],
                    }
                ]
            )
        )
        for groups in set(computers())
    }

    def decide(asked: Asked) -> bool:
        request = {
            "principal": 'Computer::"c"',
            "action": 'Action::"run"',
            "resource": 'Program::"p"',
            "context": asked.folded()._asdict(),
        }
        return bool(cedarpy.is_authorized(request, policies, entities[asked.groups]).allowed)

    return decide


def casbin_(known: Sequence[Rule]) -> Decide:
    import casbin

    model = casbin.Model()
    model.load_model_from_text(
        "[request_definition]\nr = groups, folded\n[policy_definition]\np = number\n"
        "[policy_effect]\ne = some(where (p.eft == allow))\n"
        "[matchers]\nm = holds(r.groups, r.folded, p.number)\n"
    )
    enforcer = casbin.Enforcer(model)
    enforcer.add_policies([[str(rule.number)] for rule in known])

    def holds(groups: tuple[int, ...], folded: Folded, number: str) -> bool:
        rule = known[int(number)]
        return rule.group in groups and _holds(rule, folded)

    enforcer.add_function("holds", holds)
    return lambda asked: bool(enforcer.enforce(asked.groups, asked.folded()))


PEERS: dict[str, Callable[[Sequence[Rule]], Decide]] = {
    "plain loop": plain_loop,
    "loop by computer group": loop_by_group,
    "index and RE2 set by hand": index_by_hand,
    "cedarpy": cedar,
    "pycasbin": casbin_,
}
OURS = {"pmconsole": ours, "pmconsole, all policies in one set": ours_in_one_set}
