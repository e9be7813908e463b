"""Whatever can be changed can be proposed: a step makes the same version again, of every kind of item."""

import pytest
from django.db import transaction

from core.actors import Actor
from items.author import Gathering
from items.family import Family, Kind
from items.models import Item
from items.proposals.steps import Step, merged
from items.services import delete_item, save_item
from items.values import as_data, posted
from tests.items.makers import KINDS, make_item, new_name

pytestmark = pytest.mark.django_db


def author() -> Gathering:
    return Gathering(Actor.of_operator("root"), accepted_by="kim")


def written(by: Gathering) -> list[Step]:
    return [Step.of(change) for change in by.written]


def undone(family: Family, item: Item, **changes: str) -> list[Step]:
    """What saving the item with these changes writes; then it's undone."""
    by = author()
    with transaction.atomic():
        creating = item._state.adding
        source = type(item)._default_manager.get(pk=item.pk) if not creating else item
        values = posted(family.form_of(source)) | {k: [v] for k, v in changes.items()}
        form = family.form_of(source, as_data(values, version=str(source.version)))
        assert form.is_valid(), form.errors
        save_item(form, by=by)
        transaction.set_rollback(True)
    return written(by)


@pytest.mark.parametrize(("family", "kind"), [k[1:] for k in KINDS], ids=[k[0] for k in KINDS])
def test_a_change_and_a_deletion_are_made_again_as_they_were_proposed(
    family: Family, kind: Kind
) -> None:
    item = make_item(family, kind)
    steps = undone(family, item, description="after")
    by = author()
    for step in steps:
        step.take(by)
    assert written(by) == steps
    item.refresh_from_db()
    assert (item.description, item.version) == ("after", 2)
    gone = author()
    with transaction.atomic():
        delete_item(type(item)._default_manager.get(pk=item.pk), by=gone)
        transaction.set_rollback(True)
    by = author()
    for step in written(gone):
        step.take(by)
    assert not type(item)._default_manager.filter(pk=item.pk).exists()


CREATED = [k for k in KINDS if k[1].may_duplicate and k[1].may_create]


@pytest.mark.parametrize(("family", "kind"), [k[1:] for k in CREATED], ids=[k[0] for k in CREATED])
def test_a_creation_is_made_again_under_the_same_id(family: Family, kind: Kind) -> None:
    like = make_item(family, kind)
    by = author()
    with transaction.atomic():
        values = posted(family.form_of(like)) | {"name": [new_name(family, "The new one")]}
        form = family.form_of(family.new(kind), as_data(values))
        assert form.is_valid(), form.errors
        save_item(form, by=by)
        transaction.set_rollback(True)
    steps, by = written(by), author()
    steps[0].take(by)
    assert written(by) == steps
    assert str(family.model._default_manager.get(name="The new one").pk) == steps[0].item_id


def test_steps_of_one_item_read_as_one_change() -> None:
    step = {"model": "m", "kind": "", "item_id": "1", "name": "a", "restored_version": None}
    first = Step(
        **step, version=2, verb="update", fields=[["A", "1", "2"], ["B", "", "x"]], values={}
    )
    second = Step(
        **step, version=3, verb="update", fields=[["A", "2", "3"], ["B", "x", ""]], values={}
    )
    assert [each.fields for each in merged([first, second])] == [[["A", "1", "3"]]]
