"""Writes a backup of a small installation at work, for later versions to take over.

    python -m tests.upgrade.write_baseline tests/upgrade/VERSION.jsonl.gz

Run it on the version that is released; the file stays as it is from then on. It is encrypted with the
key of all tests (tests/environment.py).
"""

import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import tests.environment  # noqa: F401  # the settings of tests, and their servers

FAR = datetime(2100, 1, 1, tzinfo=UTC)  # what is open in the file is open whenever tests run


def fill() -> None:
    """The example, with what people and computers do in it."""
    from approvals import outbox
    from approvals.models import ApprovalRequest, Grant
    from approvals.services import Decider, decide
    from console.management.commands.add_defaults import add_all
    from core.audit.heads import anchor
    from items.builtin import builtin_id
    from policies.models import ComputerGroup
    from tests.agents.endpoints import an_event, make_agent
    from tests.approvals.replies import bring_in, make_reply
    from tests.core.test_keys import store_one_of_each
    from tests.factories import invitation_of
    from tests.foreign_systems.scripted_server import ScriptedServer
    from trial.example import add_example

    with ScriptedServer() as smtp, tempfile.TemporaryDirectory() as folder:
        add_all(smtp_url=f"smtp://127.0.0.1:{smtp.port}")
        assert add_example(Path(folder))
        agent = make_agent(ComputerGroup.objects.get(pk=builtin_id(ComputerGroup, "windows")))
        denied, used, timed, pending = (
            ApprovalRequest.objects.get(pk=agent.ask(an_event(sha256=letter * 64))["request"])
            for letter in "abcd"
        )
        outbox.send_due()
        bring_in(make_reply(invitation_of(denied), "DENY\n\nNot this one."))
        bring_in(make_reply(invitation_of(used), "APPROVE"))
        agent.verdict(an_event(sha256="b" * 64), request=used.pk)
        by_link = Decider("link", invitation=invitation_of(timed))
        decide(number=timed.pk, decider=by_link, answer="approve", minutes=60)
        outbox.send_due()
    states = ApprovalRequest.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["denied", "approved", "approved", "pending"]
    store_one_of_each()
    ApprovalRequest.objects.filter(pk=pending.pk).update(expires_at=FAR)
    Grant.objects.filter(request=timed).update(expires_at=FAR)
    anchor()


def main(path: Path) -> None:
    """In a database of its own, which tests/environment.py has named."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "pmconsole.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("migrate", verbosity=0)
    fill()
    call_command("backup", str(path))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
