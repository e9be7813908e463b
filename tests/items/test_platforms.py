"""Platform administrators see and change the policies, filters, actions and groups of their platform,
and nothing that reaches another one: by page, dialog, activation, restore, or the verb itself.
"""

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from actions.models import Action
from core.actors import Actor
from core.roles import LINUX_ADMINISTRATORS, PLATFORM_ADMINISTRATORS, WINDOWS_ADMINISTRATORS
from items.author import Author
from items.family import families, family_of
from items.models import Item
from items.services import changing
from policies.models import ComputerGroup, Filter, Policy, PolicyAction, PolicyFilter
from tasks.kinds import EMAIL_REPORT
from tasks.models import Task
from tests.factories import make_process, make_type, make_user, signed_in
from tests.items.makers import KINDS, as_opened, make_item, save, url

pytestmark = pytest.mark.django_db
NOT_YOURS = "reach computers of a platform that isn't yours"
BLOCK = "/policies/wizard/?type=controlling&how=block&step="


@pytest.fixture
def client() -> Client:
    return signed_in(WINDOWS_ADMINISTRATORS, username="win")


def group(platform: str) -> ComputerGroup:
    return ComputerGroup.objects.create(name=f"{platform} computers", platform=platform)


def policy(name: str, *groups: ComputerGroup) -> Policy:
    made = Policy.objects.create(name=name)
    made.groups.set(groups)
    return made


def target(name: str, platform: str, *policies: Policy) -> Filter:
    made = Filter.objects.create(
        name=name, platform=platform, kind="file_specification", settings={"names": ["a.exe"]}
    )
    for each in policies:
        PolicyFilter.objects.create(policy=each, filter=made, role="target")
    return made


def is_open_to_change(client: Client, item: Item) -> bool:
    return 'id="item-form"' in client.get(url(item)).content.decode()


def test_they_change_what_is_of_their_platform(client: Client) -> None:
    windows = group("windows")
    own = [windows, policy("own", windows), target("own", "windows")]
    own.append(Action.objects.create(name="own", kind="deny_execute", platform="windows"))
    for item in own:
        assert is_open_to_change(client, item)
        assert "Saved." in save(client, item, description="Changed.")
        assert item.description == "Changed."


def test_they_do_not_even_see_what_is_of_another_platform(client: Client) -> None:
    linux = group("linux")
    others = [linux, policy("Kiosks", linux), target("Kiosks", "linux")]
    for item in others:
        assert client.get(url(item)).status_code == 404
        assert client.post(url(item), as_opened(item, description="x")).status_code == 404
        assert item.name not in client.get(family_of(item).url).content.decode()
    assert "linux computers" not in client.get("/").content.decode()


def test_what_is_for_every_platform_or_reaches_another_one_too_they_only_see(
    client: Client,
) -> None:
    windows, linux = group("windows"), group("linux")
    mixed = policy("mixed", windows, linux)
    theirs = [
        mixed,
        target("for all", ""),
        target("used elsewhere", "windows", mixed),
        Action.objects.create(name="for all", kind="deny_execute"),
    ]
    for item in theirs:
        assert not is_open_to_change(client, item)
        assert client.post(url(item), as_opened(item, description="x")).status_code == 403
        assert client.post(url(item, "delete")).status_code == 403
        item.refresh_from_db()
        assert item.description == ""
    switched = client.post(url(mixed, "activate"), {"active": "on"})
    assert switched.status_code in {302, 403}
    assert not Policy.objects.get(pk=mixed.pk).is_active


def test_they_do_not_deactivate_a_policy_that_reaches_another_platform(client: Client) -> None:
    mixed = policy("mixed", group("windows"), group("linux"))
    Policy.objects.filter(pk=mixed.pk).update(is_active=True)
    assert client.post(url(mixed, "activate"), {"active": ""}).status_code == 403
    assert Policy.objects.get(pk=mixed.pk).is_active


def test_nothing_of_theirs_is_moved_to_another_platform(client: Client) -> None:
    windows, linux = group("windows"), group("linux")
    own, tested = policy("own", windows), target("own", "windows")
    page = save(client, own, groups=[str(windows.pk), str(linux.pk)])
    assert "this item no longer exists" in page or NOT_YOURS in page
    assert NOT_YOURS in save(client, own, groups=[])
    assert NOT_YOURS in save(client, tested, platform="linux")
    assert NOT_YOURS in save(client, tested, platform="")
    own.refresh_from_db()
    assert list(own.groups.all()) == [windows]
    assert Filter.objects.get(pk=tested.pk).platform == "windows"


def dialog(client: Client) -> str:
    """In which they create an action, without the page behind it."""
    page = client.get("/actions/create/", headers={"HX-Request": "true"})
    return page.content.decode()


def test_they_create_for_their_platform_alone(client: Client) -> None:
    windows = group("windows")
    given = {"kind": "deny_execute", "name": "New"}
    offered = re.findall(r'<option value="(windows|linux|macos|)"', dialog(client))
    assert offered == ["windows"]
    for platform in ("", "linux"):
        response = client.post("/actions/create/", given | {"platform": platform})
        assert response.status_code == 422
    assert not Action.objects.exists()
    assert client.post("/actions/create/", given | {"platform": "windows"}).status_code == 302
    made = {"name": "New policy", "groups": [str(windows.pk)]}
    assert client.post("/policies/create/", made).status_code == 302
    assert client.post("/policies/create/", {"name": "Without"}).status_code == 422


def test_a_duplicate_of_what_is_for_every_platform_is_for_theirs(client: Client) -> None:
    builtin = Action.objects.create(name="Built in", kind="deny_execute", is_builtin=True)
    response = client.post(url(builtin, "duplicate"), {"name": "Mine"})
    assert response.status_code == 302
    assert Action.objects.get(name="Mine").platform == "windows"


def test_everything_else_they_only_read() -> None:
    client = signed_in(LINUX_ADMINISTRATORS)
    for _, family, kind in KINDS:
        if family.access.view >= PLATFORM_ADMINISTRATORS and family.namespace not in BY_PLATFORM:
            assert not is_open_to_change(client, make_item(family, kind))
    for family in families():
        if family.access.view.isdisjoint(PLATFORM_ADMINISTRATORS):
            assert client.get(family.url).status_code == 403


BY_PLATFORM = {"policies", "filters", "actions", "computer_groups"}


def test_a_policys_choosers_offer_their_groups_alone(client: Client) -> None:
    own = policy("own", group("windows"))
    group("linux")
    target("penguin", "linux")
    page = client.get(url(own)).content.decode()
    assert "windows computers" in page
    assert "linux computers" not in page
    assert "penguin" not in page


@pytest.mark.parametrize("page", ["/policies/", "/policies/create/", "/agents/"])
def test_a_lists_menu_offers_their_groups_alone(client: Client, page: str) -> None:
    group("windows"), ComputerGroup.objects.create(name="More windows", platform="windows")
    hidden = group("linux")
    shown = client.get(page, {"group": str(hidden.pk)}).content.decode()
    assert "windows computers" in shown
    assert "linux computers" not in shown


def test_home_names_an_active_policy_of_their_platform_alone(client: Client) -> None:
    asking = Action.objects.create(
        name="Ask", kind="approval_request_form", approval_type=make_type(make_process())
    )
    for platform in ("linux", "windows"):
        made = policy(f"{platform} policy", group(platform))
        Policy.objects.filter(pk=made.pk).update(is_active=True)
        PolicyAction.objects.create(policy=made, action=asking)
        page = client.get("/").content.decode()
        assert ("windows policy is active." in page) == (platform == "windows")
        assert "linux policy" not in page


def test_of_what_uses_an_item_they_read_the_names_of_their_platform_alone(client: Client) -> None:
    own, other = policy("own", group("windows")), policy("other", group("linux"))
    page = client.get(url(target("for all", "", own, other), "related")).content.decode()
    assert url(own) in page
    assert "other" not in re.findall(r"<td>(?:<a[^>]*>)?([^<]*)", page)


def test_a_report_on_a_policy_is_seen_by_who_sees_the_policy(client: Client) -> None:
    for name, platform in (("Seen report", "windows"), ("Hidden report", "linux")):
        about = policy(f"of {platform}", group(platform))
        Task.objects.create(
            name=name, kind=EMAIL_REPORT, policy=about, settings={"report": "events"}
        )
    page = client.get("/tasks/email-tasks/").content.decode()
    assert "Seen report" in page
    assert "of windows" in page
    assert "Hidden report" not in page
    assert "of linux" not in page
    hidden = Task.objects.get(name="Hidden report")
    assert client.get(url(hidden)).status_code == 404


def test_with_a_further_role_they_see_all_and_change_no_more() -> None:
    client, user = Client(), make_user("both", role=WINDOWS_ADMINISTRATORS)
    make_group = user.groups.model.objects.get_or_create(name="Auditors")[0]
    user.groups.add(make_group)
    client.force_login(user)
    other = policy("other", group("linux"))
    assert not is_open_to_change(client, other)
    assert client.get(url(other)).status_code == 200


def test_the_verb_itself_refuses() -> None:
    other = policy("other", group("linux"))
    by = Author(Actor.of_system("test"), roles=frozenset({WINDOWS_ADMINISTRATORS}))
    with pytest.raises(PermissionDenied), changing(other, by=by):
        other.priority = 1
    assert Policy.objects.get(pk=other.pk).priority == 65


def test_lists_and_creating_a_policy_show_nothing_of_another_platform(client: Client) -> None:
    linux = group("linux")
    penguin = target("penguin", "linux")
    Action.objects.create(name="stop sudo", kind="deny_execute", platform="linux")
    own = Action.objects.create(name="stop setup", kind="deny_execute", platform="windows")
    group("windows"), ComputerGroup.objects.create(name="more", platform="windows")
    assert "stop setup" in client.get(f"{BLOCK}action").content.decode()
    chosen = f"groups={linux.pk}&target={penguin.pk}"
    for address in (
        f"{BLOCK}action&{chosen}",
        f"{BLOCK}target&{chosen}&action={own.pk}",
        f"{BLOCK}name&{chosen}&action={own.pk}",
        f"/policies/create/?{chosen}",
        f"/policies/?group={linux.pk}",
        f"/agents/?group={linux.pk}",
    ):
        page = client.get(address).content.decode()
        assert not {word for word in ("linux computers", "penguin", "stop sudo") if word in page}


def test_a_targeting_update_tells_them_of_their_groups_alone(client: Client) -> None:
    group("windows"), group("linux")
    page = client.post("/computer-groups/update-targeting/").content.decode()
    assert "windows computers" in page
    assert "linux computers" not in page


def test_related_items_are_those_of_their_platform(client: Client) -> None:
    shared = target("shared", "", policy("own", group("windows")), policy("other", group("linux")))
    page = client.get(url(shared, "related")).content.decode()
    assert ">own<" in page
    assert ">other<" not in page
    assert ">other<" in signed_in("Auditors").get(url(shared, "related")).content.decode()
