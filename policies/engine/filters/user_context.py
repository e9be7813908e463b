"""User Context: who runs the program."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from policies.engine.event import Event
from policies.engine.filters.base import CompilePattern, FilterSettings, Outcome, Settings
from policies.engine.filters.base import choice as read_choice
from policies.engine.filters.base import texts as read_texts
from policies.engine.globs import matches_account
from policies.engine.text import fold, show
from policies.engine.words import listed


@dataclass(frozen=True)
class UserContext(FilterSettings):
    """Users and groups by whole name, in either case; `*` and `?` allowed.

    A user is written as the endpoint reports it, "EXAMPLE\\alice" (so that a local account of the
    same name is not meant: "*\\alice" means both), or as SID or uid. A wildcard stays within the
    name or the domain ("admin*" is not "ADMINX\\bob"); "*" alone is everybody. Match "any": one of
    the users, or in one of the groups. Match "all": one of the users, if there are any, and in every
    group.
    """

    kind = "user_context"
    label = "User Context Filter"
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    match: str = "any"

    @classmethod
    def build(cls, settings: Settings, compile_pattern: CompilePattern | None) -> Self:
        return cls(
            users=read_texts(settings, "users"),
            groups=read_texts(settings, "groups"),
            match=read_choice(settings, "match", ("any", "all")),
        )

    def check(self, event: Event, now: datetime) -> Outcome:
        user = next((user for user in self.users if _is_user(user, event)), "")
        member_of = [
            wanted
            for wanted in self.groups
            if any(matches_account(wanted, group) for group in event.groups)
        ]
        who = show(event.account)
        if self.match == "any":
            if user:
                return True, f"{who} is the user {show(user)}."
            if member_of:
                return True, f"{who} is in the group {show(member_of[0])}."
            return False, f"{who} is none of the users and in none of the groups."
        if self.users and not user:
            return False, f"{who} is none of the users."
        for group in self.groups:
            if group not in member_of:
                return False, f"{who} is not in the group {show(group)}."
        return True, f"{who} is among the users and in every group."

    def tests(self) -> list[str]:
        every = self.match == "all"
        groups = f"is in {listed(self.groups, 'and' if every else 'or')}"
        if not self.users:
            return [f"user {groups}"]
        users = f"user is {listed(self.users, 'or')}"
        return [f"{users}, {'and' if every else 'or'} {groups}"] if self.groups else [users]


def _is_user(wanted: str, event: Event) -> bool:
    if event.account and matches_account(wanted, event.account):
        return True
    return bool(event.account_id) and fold(wanted) == fold(event.account_id)
