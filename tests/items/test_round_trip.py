"""What a form holds comes back from a browser as it was, so that only what a person did is a change."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals.models import ApprovalType
from core.text import plain_name
from items.family import Family, Kind, family_of
from items.models import Change, Item
from items.values import as_data, posted
from policies.models import Policy
from tests.factories import make_process, make_type, signed_in
from tests.items.makers import KINDS, as_opened, as_sent, make_full_policy, make_item, save, url

pytestmark = pytest.mark.django_db
several = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# All that a field of one line, and one of several, can hold; NUL is refused.
_of_text = st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n")
lines = st.text(_of_text, max_size=60)
_plain = st.characters(exclude_categories=["Cs", "Cc", "Cf", "Co", "Cn", "Zl", "Zp"])
names = st.text(_plain, max_size=60).filter(lambda text: text.strip() and is_plain(text))
texts = st.lists(lines, max_size=4).map("\n".join)


def is_plain(name: str) -> bool:
    """Whether nothing in it is hidden."""
    try:
        plain_name(name)
    except ValueError:
        return False
    return True


def sent_again(item: Item) -> str:
    """The page that comes when somebody saves the item as he opened it."""
    return save(signed_in(), item)


@several
@given(name=names, description=texts)
def test_any_name_and_description_are_stored_and_saved_again_without_a_change(
    name: str, description: str
) -> None:
    kind = make_type()
    client = signed_in()
    response = client.post(url(kind), as_sent(kind, name=name, description=description))
    assert response.status_code == 302
    kind.refresh_from_db()
    assert (kind.name, kind.description) == (plain_name(name), description.strip())
    version = kind.version
    assert "No changes to save." in sent_again(kind)
    assert kind.version == version
    for page in ("detail", "history", "related", "delete", "duplicate"):
        assert client.get(url(kind, page)).status_code == 200
    ApprovalType.objects.all().delete()


@several
@given(
    values=st.dictionaries(st.sampled_from(["name", "description", "process", "version"]), texts)
)
def test_whatever_is_sent_is_saved_or_refused(values: dict[str, str]) -> None:
    kind = make_type()
    response = signed_in().post(url(kind), as_opened(kind, **values))
    assert response.status_code in {302, 409, 422}
    ApprovalType.objects.all().delete()


@pytest.mark.parametrize("field", ["name", "description"])
def test_a_nul_character_is_refused_at_its_field(field: str) -> None:
    kind = make_type()
    response = signed_in().post(url(kind), as_opened(kind, **{field: "a\0b"}))
    assert response.status_code == 422
    assert f'href="#id_{field}"' in response.content.decode()


@pytest.mark.parametrize(
    ("family", "kind"), [(f, k) for _, f, k in KINDS], ids=[name for name, _, _ in KINDS]
)
def test_lines_of_a_text_are_no_change_though_a_browser_ends_them_otherwise(
    family: Family, kind: Kind
) -> None:
    item = make_item(family, kind, description="one\ntwo")
    assert "No changes to save." in sent_again(item)
    assert (item.version, item.description) == (1, "one\ntwo")


def test_a_text_may_be_as_long_as_it_says_whatever_a_browser_ends_its_lines_with() -> None:
    kind, longest = make_type(), "x\n" * 1000
    assert "Saved." in save(signed_in(), kind, description=longest[:-1] + "y")
    assert len(kind.description) == 2000


def test_a_field_that_was_left_alone_takes_the_others_value_also_with_several_lines() -> None:
    kind, client = make_type(description="as it was"), signed_in()
    save(client, kind, description="one\ntwo")
    opened = as_sent(kind, name="Second")
    save(signed_in(), kind, description="three\nfour")
    page = client.post(url(kind), opened).content.decode()
    assert ">\nthree\nfour</textarea>" in page
    assert 'value="Second"' in page


def test_a_policys_lists_come_back_as_they_are_and_in_their_order() -> None:
    policy = make_full_policy()
    assert "No changes to save." in sent_again(policy)
    assert [f.name for f in policy.filters_as("target")] == ["target 0", "target 1"]
    assert not Change.objects.exists()


def test_a_duplicate_of_a_policy_has_its_lists_in_their_order() -> None:
    policy = make_full_policy()
    signed_in().post(url(policy, "duplicate"), {"name": "The copy"})
    copy = Policy.objects.get(name="The copy")
    for role in ("target", "inclusion", "exclusion"):
        assert copy.filters_as(role) == policy.filters_as(role)
    for children in (False, True):
        assert copy.actions_for(children=children) == policy.actions_for(children=children)
    assert list(copy.groups.all()) == list(policy.groups.all())


def test_restoring_a_policy_puts_its_lists_back_in_their_order() -> None:
    policy, client = make_full_policy(), signed_in()
    save(client, policy, description="remembered")
    targets = policy.filters_as("target")
    save(client, policy, target=[str(each.pk) for each in reversed(targets)], actions=[])
    assert client.post(f"{url(policy, 'history')}2/restore/").status_code == 302
    again = Policy.objects.get(pk=policy.pk)
    assert again.filters_as("target") == targets
    assert [action.name for action in again.actions_for(children=False)] == ["False 0", "False 1"]


def test_a_form_gives_back_the_settings_that_it_posted() -> None:
    process = make_process(expires_after=36 * 60, to_addresses=("a@example.com", "b@example.com"))
    form = family_of(process).form_of(process)
    again = family_of(process).form_of(process, as_data(posted(form), version="1"))
    assert again.is_valid(), again.errors
    assert again.settings_json() == process.settings
