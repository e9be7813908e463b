"""One declaration for a process template, and two places for a setting of a process."""

from dataclasses import fields

import pytest

from approvals.items import PROCESSES
from approvals.models import ApprovalProcess
from approvals.process_forms import EmailProcessForm, ProcessForm
from approvals.terms import AskingSettings, DecidingSettings, ProcessSettings, Rights, Terms

Template = ApprovalProcess.Kind
ASKING = {"to_addresses", "from_address", "smtp_server", "report_to_run", "start_activity"}


def shown(form: type[ProcessForm]) -> set[str]:
    """The fields that stand in a section of the form's page."""
    return {name for section in form.sections for name in section.fields}


@pytest.mark.parametrize("template", Template)
def test_a_template_has_all_its_parts(template: Template) -> None:
    (kind,) = (kind for kind in PROCESSES.kinds if kind.key == template)
    assert kind.label == template.label
    assert template.decided
    assert (shown(kind.form) & ASKING) == (ASKING if template.sends_requests else set())
    assert kind.form.settings_type is ProcessSettings
    assert ApprovalProcess(kind=template).sends_requests == template.sends_requests


def test_a_template_that_says_too_little_is_refused_when_it_is_declared() -> None:
    with pytest.raises(ValueError, match="not enough values"):
        Template.__new_member__(Template, "sms")


@pytest.mark.parametrize("setting", [field.name for field in fields(ProcessSettings)])
def test_every_setting_of_a_process_is_a_field_of_its_form_and_stands_in_a_section(
    setting: str,
) -> None:
    deciding = setting in {field.name for field in fields(DecidingSettings)}
    for form in (EmailProcessForm, ProcessForm) if deciding else (EmailProcessForm,):
        assert setting in form.base_fields
        assert setting in shown(form)


def test_a_request_freezes_every_setting_of_deciding_and_asking() -> None:
    decides = ProcessSettings(
        approvals_needed=3,
        expires_after=11,
        longest_grant=12,
        one_time_ends_after=14,
        tell_before_end=15,
        pause_after_denial=13,
        link_needs_sign_in=False,
        mail_domain="example.com",
    )
    asks = ProcessSettings(
        to_addresses=("dana@example.com",),
        from_address="ours@example.com",
        from_name="Our approvals",
        remind_after=5,
        escalate_after=6,
        escalate_to=("lee@example.com",),
        escalate_to_manager=True,
        escalate_to_role="Helpdesk",
    )
    terms = Terms.freeze(
        decides,
        asks,
        process_name="Ours",
        process_kind="email",
        decided_by_mail=True,
        type_name="Installer",
        file_specific=True,
        policy_specific=False,
        command_line_specific=True,
        rights=Rights(elevate=True),
    )
    for field in fields(DecidingSettings):
        assert getattr(terms, field.name) == getattr(decides, field.name) != field.default
    for field in fields(AskingSettings):
        assert getattr(terms, field.name) == getattr(asks, field.name) != field.default
    assert Terms.from_json(terms.to_json()) == terms
