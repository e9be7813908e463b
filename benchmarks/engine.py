"""The policy engine beside a plain loop, an index made by hand, cedarpy and pycasbin.

Each has the same policies and the same events, of which every third matches none; a policy belongs to
one of twenty computer groups, a computer to four. All find the first policy that matches, or (Cedar
and Casbin know no order) whether one does; that they agree is checked before anything is timed. Every
event is used once in a round, so that nothing is remembered from the last time.
"""

import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from benchmarks.comparing import Bar, Figures, arguments, finish, show, take_turns, with_packages
from policies.engine import Action, Event, Filter, Policy, compile, from_settings

SIZES = (100, 1_000, 10_000)
GROUPS, GROUPS_OF_A_COMPUTER, COMPUTERS = 20, 4, 8
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
ALLOW = Action("elevate", "Add Administrative Rights", "add_administrative_rights", {})


@dataclass(frozen=True)
class Rule:
    """One policy: its computer group, and one test on an event. All values are in lower case."""

    number: int
    group: int
    test: str  # "name", "name *", "folder", "hash", "signer", "line"
    value: str

    def as_policy(self) -> Policy:
        kinds: dict[str, tuple[str, dict[str, Any]]] = {
            "name": ("file_specification", {"names": [self.value]}),
            "name *": ("file_specification", {"names": [f"{self.value}*.exe"]}),
            "folder": ("file_specification", {"path": self.value}),
            "hash": ("file_hash", {"hashes": [self.value]}),
            "signer": ("signed_file", {"subject": f"{self.value}*"}),
            "line": ("commandline", {"text": self.value, "match": "partial"}),
        }
        kind, settings = kinds[self.test]
        target = Filter(str(self.number), kind, kind, from_settings(kind, settings))
        name = f"p{self.number}"
        return Policy(name, name, "", self.number, 0, targets=(target,), actions=(ALLOW,))


@dataclass(frozen=True)
class Asked:
    """An event as the peers get it: as it was reported by a computer of these groups."""

    event: Event
    groups: tuple[int, ...]

    def folded(self) -> "Folded":
        """What the peers compare, in lower case: Windows' own rules are ours alone."""
        path = self.event.file_path.lower()
        return Folded(
            path.rpartition("\\")[2],
            path,
            self.event.sha256,
            self.event.signer.lower(),
            self.event.command_line.lower(),
        )


class Folded(NamedTuple):
    name: str
    path: str
    sha256: str
    signer: str
    line: str


def rules(count: int) -> list[Rule]:
    """Two fifths names, a fifth folders, the rest hashes, signers and pieces of command lines."""
    chance = random.Random(count)  # noqa: S311
    made = []
    for number in range(count):
        test = chance.choices(
            ["name", "name *", "folder", "hash", "signer", "line"], [25, 15, 20, 15, 15, 10]
        )[0]
        value = {
            "name": f"tool-{number}.exe",
            "name *": f"setup-{number}-",
            "folder": f"c:\\program files\\vendor {number}",
            "hash": f"{number:064x}",
            "signer": f"vendor {number} ",
            "line": f"--profile=site{number};",
        }[test]
        made.append(Rule(number, chance.randrange(GROUPS), test, value))
    return made


def computers() -> list[tuple[int, ...]]:
    chance = random.Random(1)  # noqa: S311
    return [tuple(chance.sample(range(GROUPS), GROUPS_OF_A_COMPUTER)) for _ in range(COMPUTERS)]


def events(known: Sequence[Rule], count: int) -> list[Asked]:
    """One third matches no policy, the others one of their computer's."""
    chance, made = random.Random(2), []  # noqa: S311
    for number in range(count):
        groups = chance.choice(computers())
        facts = {
            "name": f"other-{number}.exe",
            "folder": f"c:\\users\\user {number}\\appdata\\local\\temp",
            "sha256": f"{10**9 + number:064x}",
            "signer": f"cn=publisher {number}",
            "line": f"/quiet --log=run{number}.txt",
        }
        mine = [rule for rule in known if rule.group in groups]
        if number % 3 and mine:
            rule = chance.choice(mine)
            facts |= {
                "name": {"name": rule.value},
                "name *": {"name": f"{rule.value}x64.exe"},
                "folder": {"folder": f"{rule.value}\\bin"},
                "hash": {"sha256": rule.value},
                "signer": {"signer": f"{rule.value}inc."},
                "line": {"line": f"/quiet {rule.value} /x"},
            }[rule.test]
        path = f"{facts['folder']}\\{facts['name']}"
        event = Event(
            platform="windows",
            computer_id="018f0000-0000-7000-8000-000000000001",
            computer="WS-014",
            account="EXAMPLE\\alice",
            groups=("EXAMPLE\\Staff",),
            file_path=path.title(),
            sha256=facts["sha256"],
            signer=facts["signer"].title(),
            arguments=tuple(facts["line"].split()),
            command_line=f'"{path.title()}" {facts["line"]}',
            parent_path="C:\\Windows\\explorer.exe",
        )
        made.append(Asked(event, groups))
    return made


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
            _json(
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


def _json(value: object) -> str:
    import json

    return json.dumps(value)


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


def agree(deciders: dict[str, Decide], asked: Sequence[Asked]) -> None:
    """Stop if one of them decides otherwise than the plain loop."""
    for each in asked:
        expected = deciders["plain loop"](each)
        for name, decide in deciders.items():
            if name == "pmconsole, all policies in one set":
                continue  # which knows no groups, and may find a policy of another one
            found = decide(each)
            right = expected is not None if isinstance(found, bool) else expected
            if found != right:
                raise SystemExit(f"{name} decided {found}, the plain loop {expected}: {each}")


def half_of_all(decide: Decide, asked: Sequence[Asked]) -> Callable[[], float]:
    """A contender: the median seconds of a decision. Each turn gets events that are new to it."""

    def turn() -> float:
        fresh = [replace(each, event=replace(each.event)) for each in asked]
        taken = []
        for each in fresh:
            begin = time.perf_counter()
            decide(each)
            taken.append(time.perf_counter() - begin)
        return statistics.median(taken)

    return turn


def main() -> None:
    options = arguments(__doc__)
    with_packages("cedarpy==4.12.2", "casbin==1.43.0")
    seen: dict[int, dict[str, Figures]] = defaultdict(dict)
    for size in SIZES:
        known = rules(size)
        asked = events(known, 40 if options.quick else 200)
        deciders = {name: make(known) for name, make in (OURS | PEERS).items()}
        agree(deciders, asked[:40])
        turns = {name: half_of_all(decide, asked) for name, decide in deciders.items()}
        seen[size] = take_turns(turns, rounds=3 if options.quick else 7)
        show(f"A decision among {size:,} policies, p50", seen[size], unit="µs", scale=1e6)
    medians = {
        size: {name: each.median for name, each in found.items()} for size, found in seen.items()
    }
    bars = [
        Bar(
            f"decision among {size}, beside the fastest peer",
            found["pmconsole"] / min(found[peer] for peer in PEERS),
            at_most=1,
        )
        for size, found in medians.items()
    ]
    growth = medians[10_000]["pmconsole"] / medians[100]["pmconsole"]
    finish([*bars, Bar("decision among 10000 beside 100", growth, at_most=2)], options)


if __name__ == "__main__":
    main()
