"""Files that aren't imported: each says where and why, and changes nothing."""

import pytest

from core.text import MAX_NAME_KEY
from items.transfer.text import MAX_BYTES, MAX_ITEMS, MAX_VALUES
from policies.models import Filter
from tests.factories import make_process
from tests.items.transfer.files import HEAD, add_defaults, refusal

pytestmark = pytest.mark.django_db
HASHES = HEAD + "filters:\n- name: F\n  kind: file_hash\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "line 1: The file is empty."),
        ("filters: []\n", "line 1: Begin the file with “pmconsole_items: 1”."),
        ("- a\n", "line 1: Begin the file with “pmconsole_items: 1”."),
        ("pmconsole_items: 2\n", "line 1: This version reads only “pmconsole_items: 1”."),
        (f"{HEAD}a: [\n", "line 3: This isn't valid YAML: did not find expected node content."),
        (f"{HEAD}filters:\n", "line 2: Write a list of items below filters, or [] for none."),
        (f"{HEAD}filters:\n- F\n", "line 3: Write an item as fields, such as “- name: …”."),
        (f"{HEAD}---\na: 1\n", "line 2: Only one document can be in a file."),
        (f"{HEAD}filters: []\nfilters: []\n", "line 3: “filters” is already in line 2."),
        (f"{HASHES}  name: G\n", "line 5: “name” is already in line 3."),
        (f"{HASHES}  platform: &a linux\n", "line 5: Write the value out: & and * aren't read."),
        (f"{HASHES}  platform: *a\n", "line 5: Write the value out: & and * aren't read."),
        (f"{HASHES}  <<: {{a: b}}\n", "line 5: Write one value here, or a list of values."),
        (f"{HASHES}  hashes: [[a]]\n", "line 5: Write one value for each line of this list."),
        (f"{HASHES}  ? [a]\n  : b\n", "line 5: Write the name of a field here."),
        (
            f"{HASHES}  description: !!python/object/apply:os.system [id]\n",
            "line 5: Remove the tag tag:yaml.org,2002:python/object/apply:os.system.",
        ),
        (f"{HASHES}  description: !!str a\n", "line 5: Remove the tag tag:yaml.org,2002:str."),
        (f"{HASHES}  description: a\0b\n", "line 5: Remove the control character."),
        (f"{HASHES}  description: 'a\x1bb'\n", "line 5: Remove the control character."),
    ],
)
def test_what_is_no_item_file(text: str, why: str) -> None:
    assert refusal(text) == why


def test_bytes_that_are_no_text() -> None:
    assert refusal(f"{HEAD}filters: ".encode() + b"\xff") == "line 2: This isn't text in UTF-8."


@pytest.mark.parametrize("begin", ["[", "{a: ", "- ", "? "])
def test_deep_nesting_costs_nothing(begin: str) -> None:
    assert "line 3" in refusal(f"{HEAD}filters:\n- {begin * 500_000}")


def test_a_file_that_is_too_large() -> None:
    assert refusal(HEAD + "#" * MAX_BYTES) == "line 1: The file is larger than 5 MB."


def test_too_many_items() -> None:
    text = HEAD + "filters:\n" + "- {name: a}\n" * (MAX_ITEMS + 1)
    assert refusal(text) == f"line {MAX_ITEMS + 3}: The file has more than 5000 items."


def test_too_many_values() -> None:
    text = f"{HASHES}  hashes: [{'a,' * (MAX_VALUES + 1)}]"
    assert refusal(text) == "line 5: The file has more than 200000 values."


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("priority: high", "priority: Write a whole number."),
        ("priority: 9999999999999999999999999999", "priority: Write a whole number."),
        ("priority: 999999999999", "Priority: enter a whole number from 1 to 9999."),
        ("priority: 1.5", "priority: Write a whole number."),
        ("priority: [1]", "priority: Write one value here, not a list."),
        ("audit_events: yes", "audit_events: Write true or false."),
        ("audit_events: 1", "audit_events: Write true or false."),
        ("active: maybe", "active: Write true or false."),
        ("groups: Windows Computers", "groups: Write a list here, or [] for none."),
        ("groups:", "groups: Write a list here, or [] for none."),
        ("groups: [Windows]", "groups: There is no computer group named “Windows”."),
        ("target: [Nobody's]", "target: There is no filter named “Nobody's”."),
        ("prioritty: 1", "prioritty: There is no field of this name. Did you mean priority?"),
        ("is_active: true", "is_active: There is no field of this name."),
        ("version: 3", "version: There is no field of this name."),
        (
            "built_in: 1",
            "This installation lacks this built-in item. Run “manage.py add_defaults”.",
        ),
        (f"description: {'x' * 2001}", "Description: enter at most 2000 characters."),
    ],
)
def test_a_value_that_its_field_does_not_take(line: str, why: str) -> None:
    add_defaults()
    text = refusal(f"{HEAD}policies:\n- name: P\n  {line}\n")
    assert text == f"line 4, policy “P”: {why}"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ("{kind: computer}", "filter: Write the item's name."),
        ("{name: [a], kind: computer}", "filter: Write the item's name."),
        ("{name: F}", "filter “F”: kind: Write one of these: file_specification, file_hash"),
        ("{name: F, kind: magic}", "filter “F”: kind: Write one of these: file_specification"),
        ("{name: F, kind: computer, platform: amiga}", "platform: Write one of these: windows,"),
        ("{name: F, kind: file_hash, hashes: [abc]}", "filter “F”: SHA-256:"),
        ('{name: "a\\u202Eb", kind: computer}', "Remove the hidden character [U+202E]."),
        (f"{{name: {'x' * (MAX_NAME_KEY + 1)}, kind: computer}}", "Name: enter at most 200"),
    ],
)
def test_an_item_that_its_form_does_not_take(fields: str, why: str) -> None:
    text = refusal(f"{HEAD}filters:\n- {fields}\n")
    assert text.startswith("line 3, filter")
    assert why in text


def test_a_secret_in_a_file_is_refused_and_not_repeated() -> None:
    text = refusal(f"{HEAD}credentials:\n- {{name: Relay, account_name: pm, secret: battery}}\n")
    assert "Secrets aren't imported." in text
    assert "battery" not in text


def test_a_time_that_is_none() -> None:
    process = make_process("manual")
    text = refusal(f"{HEAD}approval_processes:\n- {{name: {process}, expires_after: soon}}\n")
    assert text.endswith("expires_after: Write a time such as “8 hours”, or “never”.")


def test_a_family_that_there_is_not() -> None:
    assert refusal(f"{HEAD}filter: []\n") == (
        "line 2: There are no items called filter. Did you mean filters?"
    )


def test_two_items_of_one_name() -> None:
    text = refusal(f"{HASHES}- name: f\n  kind: computer\n  names: [a]\n")
    assert text == "line 5, filter “f”: Another item of this name is in line 3."


def test_a_read_only_item_is_not_changed() -> None:
    add_defaults()
    built_in = Filter.objects.get(name="Members of sudo")
    assert "It's read-only." in refusal(f"{HEAD}filters:\n- {{name: {built_in}, platform: null}}\n")


def test_a_computer_group_needs_a_platform() -> None:
    assert refusal(f"{HEAD}computer_groups:\n- name: Lab\n").endswith("Choose the Platform.")


def test_one_bad_item_keeps_all_others_out_and_every_one_is_named() -> None:
    text = refusal(
        f"{HEAD}filters:\n"
        "- {name: Good, kind: computer, names: [a]}\n"
        "- {name: Bad, kind: computer, platform: amiga}\n"
        "- {name: Worse, kind: magic}\n"
    )
    assert [line.partition(":")[0] for line in text.splitlines()] == [
        "line 4, filter “Bad”",
        "line 5, filter “Worse”",
    ]


def test_what_fails_only_because_another_item_does_is_not_named() -> None:
    add_defaults()
    text = refusal(
        f"{HEAD}filters:\n- {{name: Bad, kind: magic}}\npolicies:\n- {{name: P, target: [Bad]}}\n"
    )
    assert "filter “Bad”" in text
    assert "policy" not in text


def test_a_refusal_stays_short() -> None:
    fields = "".join(f"  a{n}: 1\n" for n in range(300))
    long = f"- name: {'x' * 100_000}\n  kind: computer\n{fields}"
    text = refusal(f"{HEAD}filters:\n{long}" + "".join(f"- name: F{n}\n" for n in range(200)))
    assert text.splitlines()[-1] == "There are 120 more problems."
    assert len(text) < 50_000
