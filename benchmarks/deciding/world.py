"""Policies and events that all contenders get, in their own form."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from policies.engine import Action, Event, Filter, Policy, from_settings

GROUPS, GROUPS_OF_A_COMPUTER, COMPUTERS = 20, 4, 8
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
