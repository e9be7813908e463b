"""User Context: who runs the program."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from policies.engine.event import Event
from policies.engine.filters.base import CompilePattern, FilterSettings, Settings
from policies.engine.filters.base import choice as read_choice
from policies.engine.filters.base import texts as read_texts
from policies.engine.globs import matches_account
from policies.engine.text import fold
from policies.engine.words import listed, quoted


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

    def agrees(self, event: Event, now: datetime, doubt: bool) -> bool:
        if self.match == "any":
            return any(_is_user(user, event) for user in self.users) or any(
                _is_member(group, event) for group in self.groups
            )
        return (not self.users or any(_is_user(user, event) for user in self.users)) and all(
            _is_member(group, event) for group in self.groups
        )

    def may_doubt(self, event: Event) -> bool:
        return False

    def explain(self, event: Event, now: datetime, met: bool) -> str:
        who = quoted(event.account)
        user = next((user for user in self.users if _is_user(user, event)), "")
        if self.match == "any":
            if user:
                return f"{who} is the user {quoted(user)}."
            group = next((group for group in self.groups if _is_member(group, event)), "")
            if group:
                return f"{who} is in the group {quoted(group)}."
            return f"{who} is none of the users and in none of the groups."
        if self.users and not user:
            return f"{who} is none of the users."
        missing = next((group for group in self.groups if not _is_member(group, event)), "")
        if missing:
            return f"{who} is not in the group {quoted(missing)}."
        return f"{who} is among the users and in every group."

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


def _is_member(wanted: str, event: Event) -> bool:
    return any(matches_account(wanted, group) for group in event.groups)
