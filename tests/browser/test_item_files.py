"""Items as files in a browser: exported, edited, planned, imported."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Look

pytestmark = pytest.mark.browser
FILE = """pmconsole_items: 1
credentials:
- name: Partner relay
  account_name: pm-relay
filters:
- name: Old installers
  kind: file_specification
  platform: windows
  names:
  - setup-2019*.exe
policies:
- name: Block old installers
  groups: [Windows Computers]
  priority: 90
  target: [Old installers]
  actions: [Deny Execute Action]
  active: %s
"""


def open_page(page: Page) -> None:
    for name in ("Configuration", "Import and Export"):
        page.get_by_role("link", name=name, exact=True).first.click()


def choose(page: Page, text: str, tmp_path: Path) -> None:
    path = tmp_path / "items.yaml"
    path.write_text(text)
    open_page(page)
    page.get_by_label("File").set_input_files(path)
    page.get_by_role("button", name="Show Plan").click()


def test_everything_is_saved_as_a_file_and_comes_back_without_a_change(
    admin: Page, look: Look, tmp_path: Path
) -> None:
    open_page(admin)
    look(admin, "import-and-export")
    with admin.expect_download() as saved:
        admin.get_by_role("button", name="Export").click()
    path = tmp_path / "items.yaml"
    saved.value.save_as(path)
    assert saved.value.suggested_filename == "items.yaml"
    admin.get_by_label("File").set_input_files(path)
    admin.get_by_role("button", name="Show Plan").click()
    expect(admin.get_by_text("Nothing to change.")).to_be_visible()


def test_a_plan_is_looked_at_and_imported(admin: Page, look: Look, tmp_path: Path) -> None:
    choose(admin, FILE % "true", tmp_path)
    expect(admin.get_by_text("3 to create, none to change, none to delete")).to_be_visible()
    expect(admin.get_by_role("heading", name="Block old installers")).to_be_visible()
    expect(admin.get_by_text("Enter afterwards: Secret, Refresh token.")).to_be_visible()
    look(admin, "import-plan")
    admin.get_by_role("button", name="Import", exact=True).click()
    expect(admin.get_by_role("link", name="Enter the reason.")).to_be_visible()
    admin.get_by_label("Reason").fill("CHG-17")
    admin.get_by_role("button", name="Import", exact=True).click()
    expect(admin.get_by_text("Imported items.yaml: 3 created")).to_be_visible()
    choose(admin, FILE % "false", tmp_path)
    expect(admin.get_by_role("row", name=re.compile("Active Yes No"))).to_be_visible()


def test_a_file_that_can_not_be_imported(admin: Page, look: Look, tmp_path: Path) -> None:
    choose(admin, (FILE % "true").replace("platform: windows", "platform: amiga"), tmp_path)
    expect(admin.get_by_role("region", name=re.compile("can't be imported"))).to_be_focused()
    expect(admin.get_by_text("Line 8, filter “Old installers”: platform:")).to_be_visible()
    look(admin, "import-refused")


def test_an_item_is_exported_from_its_page(admin: Page) -> None:
    admin.get_by_role("link", name="Filters", exact=True).first.click()
    admin.get_by_role("link", name="Installers and Setup Programs").click()
    admin.get_by_text("More", exact=True).click()
    with admin.expect_download() as saved:
        admin.get_by_role("link", name="Export").click()
    assert saved.value.suggested_filename == "filter-installers-and-setup-programs.yaml"
