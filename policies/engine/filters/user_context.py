"""User Context: who runs the program."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import List, Optional, Tuple

from policies.engine.event import Event
from policies.engine.filters.base import CompilePattern, FilterSettings, Outcome, Settings
from policies.engine.filters.base import choice as read_choice
from policies.engine.filters.base import texts as read_texts
from policies.engine.globs import matches_text
from policies.engine.text import fold, show


@dataclass(frozen=True)
class UserContext(FilterSettings):
    """Users and groups by whole name, in either case; `*` and `?` allowed.

    A user is written as the endpoint reports him, "EXAMPLE\\alice" (so that a local account of the
    same name is not meant: "*\\alice" means both), or as SID or uid. Match "any": he is one of the
    users or in one of the groups. Match "all": he is one of the users, where there are any, and in
    every group.
    """

    users: Tuple[str, ...] = ()
    groups: Tuple[str, ...] = ()
    match: str = "any"

    @classmethod
    def build(cls, settings: Settings, compile_pattern: Optional[CompilePattern]) -> UserContext:
        return cls(
            users=read_texts(settings, "users"),
            groups=read_texts(settings, "groups"),
            match=read_choice(settings, "match", ("any", "all")),
        )

    @property
    def is_empty(self) -> bool:
        return not (self.users or self.groups)

    def check(self, event: Event, now: datetime) -> Outcome:
        user = self._user(event)
        inside = [group for group in self.groups if _is_member(group, event)]
        who = show(event.account)
        if self.match == "any":
            if user:
                return True, f"{who} is the user {show(user)}."
            if inside:
                return True, f"{who} is in the group {show(inside[0])}."
            return False, f"{who} is none of the users and in none of the groups."
        return self._all(who, user, inside)

    def _all(self, who: str, user: str, inside: List[str]) -> Outcome:
        if self.users and not user:
            return False, f"{who} is none of the users."
        for group in self.groups:
            if group not in inside:
                return False, f"{who} is not in the group {show(group)}."
        return True, f"{who} is among the users and in every group."

    def _user(self, event: Event) -> str:
        for user in self.users:
            if event.account and matches_text(user, event.account):
                return user
            if event.account_id and fold(user) == fold(event.account_id):
                return user
        return ""


def _is_member(wanted: str, event: Event) -> bool:
    return any(matches_text(wanted, group) for group in event.groups)
