"""What is used is not deleted, and says by whom; also when somebody begins to use it meanwhile."""

import contextlib
import html
from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from django.db import IntegrityError, connection, models, transaction

from approvals.models import ApprovalProcess, ApprovalType
from core.actors import Actor
from items.author import Author
from items.family import families, family_named, family_of
from items.forms import SaveRefused
from items.models import Change, Item, changes_of
from items.services import DeleteBlocked, StaleItem, blockers_of, changing, delete_item, save_item
from items.values import as_data
from policies.models import Policy, PolicyAction, PolicyFilter
from tests.factories import make_process, make_smtp_server, make_type, signed_in
from tests.items.makers import as_opened, make_item, url

BY = Author(Actor.of_system("Sam Ortega"))
Pair = tuple[Item, Item]  # what is used, and what uses it


def of_family(namespace: str, **values: object) -> Item:
    family = family_named(namespace)
    assert family is not None
    return make_item(family, family.kinds[0], **values)


def in_field(user: Item, field: str, used: Item) -> Pair:
    setattr(user, field, used)
    user.save()
    return used, user


def filter_of_a_policy() -> Pair:
    used, policy = of_family("filters"), Policy.objects.create(name="The user")
    for role in ("target", "exclusion"):
        PolicyFilter.objects.create(policy=policy, filter_id=used.pk, role=role)
    return used, policy


def action_of_a_policy() -> Pair:
    used, policy = of_family("actions"), Policy.objects.create(name="The user")
    for children in (False, True):
        PolicyAction.objects.create(policy=policy, action_id=used.pk, for_children=children)
    return used, policy


def group_of_a_policy() -> Pair:
    used, policy = of_family("computer_groups"), Policy.objects.create(name="The user")
    policy.groups.add(used.pk)
    return used, policy


USES: dict[str, Callable[[], Pair]] = {
    "Action.approval_type": lambda: in_field(of_family("actions"), "approval_type", make_type()),
    "ApprovalProcess.smtp_server": lambda: in_field(
        make_process(), "smtp_server", make_smtp_server()
    ),
    "ApprovalProcess.start_activity": lambda: in_field(
        make_process(), "start_activity", make_process("manual")
    ),
    "ApprovalType.process": lambda: in_field(make_type(), "process", make_process()),
    "ForeignSystem.credential": lambda: in_field(
        make_smtp_server(), "credential", of_family("credentials")
    ),
    "ForeignSystem.second": lambda: in_field(
        make_smtp_server(), "second", of_family("smtp_servers")
    ),
    "Policy.groups": group_of_a_policy,
    "PolicyAction.action": action_of_a_policy,
    "PolicyFilter.filter": filter_of_a_policy,
    "Task.policy": lambda: in_field(
        of_family("email_tasks"), "policy", Policy.objects.create(name="Used")
    ),
    "Task.smtp_server": lambda: in_field(
        of_family("email_tasks"), "smtp_server", make_smtp_server()
    ),
}
every_use = pytest.mark.parametrize("use", USES)


def uses_in_the_models() -> Iterator[str]:
    """The references that keep an item from going, from the models themselves."""
    for model in {family.model for family in families()}:
        for relation in model._meta.related_objects:
            protects = getattr(relation, "on_delete", None) is models.PROTECT
            lists = relation.many_to_many and issubclass(relation.related_model, Item)
            if protects or lists:
                yield f"{relation.related_model.__name__}.{relation.field.name}"


def text_of(page: bytes) -> str:
    return html.unescape(" ".join(page.decode().split()))


def test_every_way_to_use_an_item_is_tried_here() -> None:
    assert set(uses_in_the_models()) == set(USES)


@pytest.mark.django_db
@every_use
def test_what_is_used_is_not_deleted_and_the_user_is_linked_once(use: str) -> None:
    used, user = USES[use]()
    response = signed_in().post(url(used, "delete"))
    page = text_of(response.content)
    assert response.status_code == 409
    assert "Delete Blocked" in page
    assert f"{used.name} is used by 1 item." in page.replace("<b>", "").replace("</b>", "")
    dialog = page[page.index("<dialog") : page.index("</dialog>")]  # the page is behind it
    assert dialog.count(f'href="{url(user)}"') == 1
    assert type(used)._default_manager.filter(pk=used.pk).exists()
    assert not Change.objects.exists()


@pytest.mark.django_db
@every_use
def test_related_items_link_the_user_and_the_list_counts_it(use: str) -> None:
    used, user = USES[use]()
    client = signed_in()
    assert f'href="{url(user)}"' in client.get(url(used, "related")).content.decode()
    if not family_of(used).counts_uses:
        return  # its list has no room for it; the tab says it
    _, *rows = text_of(client.get(family_of(used).url).content).split("<tr>")
    (row,) = (row for row in rows if f'href="{url(used)}"' in row)
    assert f'data-label="Used by"><a href="{url(used, "related")}">1</a>' in row


@pytest.mark.django_db
def test_the_default_server_is_used_by_what_names_none_and_may_be_deleted_all_the_same() -> None:
    server, process = make_smtp_server(), make_process()
    make_process("manual")  # asks nobody by email
    client = signed_in()
    related = text_of(client.get(url(server, "related")).content)
    assert f'href="{url(process)}"' in related
    assert "E-mail Approval Process, as the default" in related
    assert f'<a href="{url(server, "related")}">1</a>' in text_of(
        client.get(family_of(server).url).content
    )
    assert client.post(url(server, "delete")).status_code == 302


@pytest.mark.django_db
@every_use
def test_who_only_looks_is_not_even_told_by_a_dialog(use: str) -> None:
    used, _ = USES[use]()
    assert signed_in("Auditors").get(url(used, "delete")).status_code == 403


@pytest.mark.django_db
def test_it_may_go_when_its_last_user_has_gone() -> None:
    used, user = USES["ApprovalType.process"]()
    client = signed_in()
    assert client.post(url(user, "delete")).status_code == 302
    assert client.post(url(used, "delete")).status_code == 302
    assert [c.verb for c in changes_of(ApprovalProcess, used.pk)] == ["delete"]


# Two people at once.


@pytest.mark.django_db
def test_of_two_who_delete_the_second_is_told_that_it_is_gone() -> None:
    kind = make_type()
    again = ApprovalType.objects.get(pk=kind.pk)
    delete_item(kind, by=BY)
    with pytest.raises(StaleItem):
        delete_item(again, by=BY)
    assert changes_of(ApprovalType, again.pk).count() == 1
    assert signed_in().post(url(again, "delete")).status_code == 404


@pytest.mark.django_db
def test_what_was_changed_meanwhile_is_not_deleted() -> None:
    kind = make_type()
    seen = ApprovalType.objects.get(pk=kind.pk)
    with changing(kind, by=BY):
        kind.description = "changed"
    with pytest.raises(StaleItem):
        delete_item(seen, by=BY)
    assert ApprovalType.objects.filter(pk=kind.pk).exists()


@pytest.mark.django_db
def test_what_was_deleted_meanwhile_is_not_saved() -> None:
    kind = make_type()
    form = family_of(kind).form_of(kind, as_data(as_opened(kind, description="late")))
    assert form.is_valid()
    ApprovalType.objects.filter(pk=kind.pk).delete()
    with pytest.raises(StaleItem):
        save_item(form, by=BY)
    assert not ApprovalType.objects.filter(pk=kind.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_a_choice_that_was_deleted_meanwhile_is_refused_and_nothing_is_saved() -> None:
    gone, kind = make_process(), make_type()
    stays = kind.process
    form = family_of(kind).form_of(kind, as_data(as_opened(kind, process=str(gone.pk))))
    assert form.is_valid()
    delete_item(gone, by=BY)
    with pytest.raises(SaveRefused, match="was just deleted"):
        save_item(form, by=BY)
    kind.refresh_from_db()
    assert (kind.process, kind.version) == (stays, 1)
    assert not changes_of(ApprovalType, kind.pk).exists()


def begin_to_use_a_process(process: Item) -> None:
    ApprovalType.objects.create(name="The user", process_id=process.pk)


def begin_to_target_a_group(group: Item) -> None:
    Policy.objects.create(name="The user").groups.add(group.pk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("namespace", "begin_to_use"),
    [
        ("approval_processes", begin_to_use_a_process),
        ("computer_groups", begin_to_target_a_group),  # of lists the database protects nothing
    ],
)
def test_of_one_who_deletes_and_one_who_begins_to_use_it_only_one_succeeds(
    namespace: str, begin_to_use: Callable[[Item], None]
) -> None:
    used, told = of_family(namespace), []

    def delete_it() -> None:
        try:
            delete_item(used, by=BY)
            told.append("deleted")
        except DeleteBlocked:
            told.append("blocked")
        finally:
            connection.close()

    other = Thread(target=delete_it)
    with contextlib.suppress(IntegrityError), transaction.atomic():
        begin_to_use(used)  # nobody else sees it yet
        other.start()
    other.join(20)
    if told == ["blocked"]:
        (user,) = blockers_of(used)
        assert user.name == "The user"
    else:
        assert told == ["deleted"]
        assert not ApprovalType.objects.exists()
        assert not Policy.objects.exists()
