"""Makers of items of every family and kind, and what a browser does with their pages."""

import html
import itertools
from collections.abc import Iterator
from typing import Any

from django import forms
from django.test import Client

from foreign_systems.models import Credential
from items.family import Family, Kind, families, family_of
from items.fields import AddressesField
from items.models import Item
from items.values import as_data, posted
from policies.models import ComputerGroup, Filter, Policy, PolicyAction, PolicyFilter
from tests.factories import make_process, make_type

_numbers = itertools.count(1)


def every_kind() -> Iterator[tuple[Family, Kind]]:
    for family in families():
        for kind in family.kinds:
            yield family, kind


KINDS = [(f"{family.namespace}:{kind.key}", family, kind) for family, kind in every_kind()]


def make_item(family: Family, kind: Kind, **values: Any) -> Item:
    """A saved item of this kind with its presets and what it needs."""
    item = family.new(kind)
    item.name = new_name(family, f"{kind.label} {next(_numbers)}")
    if kind.form.settings_type is not None:
        item.settings = {**item.settings, **_needed(kind)}  # type: ignore[attr-defined]
    if "approval_type" in kind.form.base_fields:
        item.approval_type = make_type(make_process())  # type: ignore[attr-defined]
    if family.namespace == "credentials":
        item.account_name = "pm-relay"  # type: ignore[attr-defined]
        item.set_secret("correct horse battery")  # type: ignore[attr-defined]
    if family.namespace in {"openid_providers", "mailboxes", "webhooks"}:
        item.credential = a_credential()  # type: ignore[attr-defined]
    if family.namespace == "computer_groups":
        item.platform = "windows"  # type: ignore[attr-defined]
    for name, value in values.items():
        setattr(item, name, value)
    item.save()
    return item


def make_full_policy() -> Policy:
    """A policy with something in each of its lists."""
    policy = Policy.objects.create(name="Full", priority=15, continue_enforcing=True)
    policy.groups.add(ComputerGroup.objects.create(name="G", platform="windows"))
    kinds = {f"{family.namespace}:{kind.key}": (family, kind) for _, family, kind in KINDS}
    for role in ("target", "inclusion", "exclusion"):
        for position in (1, 0):
            used = make_item(*kinds["filters:file_hash"], name=f"{role} {position}")
            assert isinstance(used, Filter)
            PolicyFilter.objects.create(policy=policy, filter=used, role=role, position=position)
    for children in (False, True):
        for position in (1, 0):
            action = make_item(*kinds["actions:deny_execute"], name=f"{children} {position}")
            PolicyAction.objects.create(
                policy=policy, action=action, for_children=children, position=position
            )
    return policy


def new_name(family: Family, name: str) -> str:
    """`name` as this family may be called: user names have no blanks."""
    return name.replace(" ", "-") if family.namespace == "users" else name


def _needed(kind: Kind) -> dict[str, Any]:
    """A value for each setting that has to be filled in and has no preset."""
    preset = kind.form.settings_type()
    fields = kind.form.base_fields
    missing = [n for n in fields if fields[n].required and getattr(preset, n, "set") in {"", ()}]
    return {name: usable(fields[name], name) for name in missing}


def usable(field: forms.Field, name: str) -> Any:
    """Something that the form takes for this field."""
    if name == "issuer":
        return "https://login.example.com/realms/corp"
    if name == "credential":
        return str(a_credential().pk)
    if name == "base_url":
        for example in (
            "imaps://mail.example.com:993",
            "syslog+tls://logs.example.com:6514",
            "https://hooks.example.com/pmconsole",
        ):
            if example in str(field.help_text):
                return example
        return "smtp://mail.example.com:25"
    if isinstance(field, AddressesField):
        return ["dana@example.com"]
    if isinstance(field, forms.IntegerField):
        return str(field.max_value)
    if isinstance(field, forms.ChoiceField):
        return next(iter(field.choices))[0]
    return "dana@example.com" if isinstance(field, forms.EmailField) else "value"


def a_credential() -> Credential:
    return Credential.objects.create(name=f"Credential {next(_numbers)}", account_name="pm")


def url(item: Item, page: str = "detail") -> str:
    return family_of(item).url_of(item, page)


def as_opened(item: Item, **changes: Any) -> dict[str, list[str]]:
    """What a browser sends when the item's page was opened now and these fields were changed."""
    stored = type(item)._default_manager.get(pk=item.pk)
    data = as_data(posted(family_of(stored).form_of(stored)), version=str(stored.version))
    for name, value in changes.items():
        data.setlist(name, value if isinstance(value, list) else [str(value)])
    return {name: [text for text in texts if text is not None] for name, texts in data.lists()}


def as_sent(item: Item, **changes: Any) -> dict[str, list[str]]:
    """`as_opened` with the line breaks of a browser, which sends CR LF for each."""
    opened = as_opened(item, **changes).items()
    return {name: [text.replace("\n", "\r\n") for text in texts] for name, texts in opened}


def save(client: Client, item: Item, **changes: Any) -> str:
    """Open, change, Save Changes; the words of the page that comes."""
    response = client.post(url(item), as_sent(item, **changes), follow=True)
    item.refresh_from_db()
    return html.unescape(response.content.decode())
