"""`manage.py import_people`: who people are and whom they report to, all of a file or nothing."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from core.people.models import User
from core.roles import roles_of
from items.models import changes_of
from tests.factories import make_user
from tests.items.proposals.asking import require_second_person

pytestmark = pytest.mark.django_db
PEOPLE = """user_name,first_name,last_name,email,accounts,manager,delegate
bob,Bob,Miller,bob@example.com,"EXAMPLE\\bob, S-1-5-21-1-2-3-500; bob-mac",kim,
kim,Kim,Lee,kim@example.com,,,bob@example.com
"""


def run(tmp_path: Path, text: str, *arguments: str) -> str:
    file, out = tmp_path / "people.csv", io.StringIO()
    file.write_bytes(text.encode())
    call_command("import_people", str(file), *arguments, stdout=out)
    return out.getvalue()


def refusal(tmp_path: Path, text: str) -> str:
    before = list(User.objects.order_by("pk").values())
    with pytest.raises(CommandError) as refused:
        run(tmp_path, text)
    assert list(User.objects.order_by("pk").values()) == before
    assert refused.value.returncode == 1
    return str(refused.value)


def test_people_come_with_accounts_manager_and_delegate_whatever_their_order(
    tmp_path: Path,
) -> None:
    assert "Done: 2 people changed." in run(tmp_path, PEOPLE)
    bob, kim = User.objects.order_by("name")
    assert (bob.get_full_name(), bob.email, bob.manager, kim.delegate) == (
        "Bob Miller",
        "bob@example.com",
        kim,
        bob,
    )
    accounts = bob.endpoint_accounts.order_by("pk").values_list("name", "identifier")
    assert list(accounts) == [("EXAMPLE\\bob", "S-1-5-21-1-2-3-500"), ("bob-mac", "")]
    assert not bob.has_usable_password()
    assert roles_of(bob) == frozenset()
    assert "Nothing to change." in run(tmp_path, PEOPLE)


def test_a_plan_shows_the_changes_and_makes_none(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        run(tmp_path, PEOPLE, "--plan")
    assert ended.value.code == 3
    assert not User.objects.exists()


def test_columns_that_the_file_leaves_out_and_roles_and_passwords_stay(tmp_path: Path) -> None:
    lee = make_user("lee", role="Helpdesk", email="lee@example.com", accounts=("EXAMPLE\\lee",))
    lee.set_password("correct horse battery")
    lee.save()
    said = run(tmp_path, "user_name,last_name\nLEE,Novak\n")
    assert "Last Name: (empty) → Novak" in said
    lee.refresh_from_db()
    assert (lee.email, roles_of(lee), lee.endpoint_accounts.count()) == (
        "lee@example.com",
        {"Helpdesk"},
        1,
    )
    assert lee.check_password("correct horse battery")
    assert changes_of(User, lee.pk).get().via == "by import_people"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("user_name,manager\nbob,nobody\n", "Line 2: Manager: nobody has the user name"),
        ("user_name,email\nbob,bob@\n", "Line 2: "),
        ("user_name,roles\nbob,Administrators\n", "“roles” is no column."),
        ("name\nbob\n", "The first line has no user_name."),
        ("user_name\nbob\nBOB\n", "Line 3: BOB is in line 2 already."),
        ("user_name,email\nbob\n", "Line 2: It has more or fewer cells"),
        ("user_name,email\nann,a@example.com\nbob,a@example.com\n", "Line 3: "),
        ('user_name\n"bob\n', "This isn't CSV"),
    ],
)
def test_one_wrong_line_refuses_all_of_it(tmp_path: Path, text: str, words: str) -> None:
    assert words in refusal(tmp_path, text)


def test_an_administrators_accounts_are_not_changed_by_a_file_where_that_takes_two(
    tmp_path: Path,
) -> None:
    make_user("sam", role="Administrators", email="sam@example.com")
    require_second_person()
    text = "user_name,accounts\nsam,EXAMPLE\\kim\n"
    assert "sam is an administrator" in refusal(tmp_path, text)
    require_second_person(False)
    assert "Done: 1 person changed." in run(tmp_path, text)


def test_programs_are_told_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(run(tmp_path, PEOPLE, "--json"))
    assert told["planned"] is False
    assert {change["user"] for change in told["changes"]} == {"bob", "kim"}
    assert ["Email Address", "", "bob@example.com"] in told["changes"][0]["fields"]
    assert json.loads(run(tmp_path, PEOPLE, "--json")) == {"planned": False, "changes": []}
    (tmp_path / "people.csv").write_text("user_name\nNo\u202ebody\n")
    with pytest.raises(CommandError):
        call_command("import_people", str(tmp_path / "people.csv"), "--json")
    assert json.loads(capsys.readouterr().out)["problems"]
