"""The example of docs/items-as-yaml.md works."""

import re

import pytest

from policies.models import Policy
from tests.items.transfer.files import add_defaults, imported, planned
from tests.running_trial import ROOT

pytestmark = pytest.mark.django_db


def test_the_example_of_the_handbook_can_be_imported() -> None:
    document = (ROOT / "docs/items-as-yaml.md").read_text()
    (example,) = re.findall(r"```yaml\n(.*?)```", document, re.DOTALL)
    add_defaults()
    assert imported(example).summary == "2 to create, none to change, none to delete"
    assert Policy.objects.get().is_active
    assert planned(example).changes == ()
