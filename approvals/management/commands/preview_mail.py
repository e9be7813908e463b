"""`manage.py preview_mail`: a sample of each kind of email, as text or HTML. Nothing is sent."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from approvals.letters.kinds import KINDS
from approvals.letters.previews import preview, previewed


class Command(BaseCommand):
    help = "Show a sample of one kind of email. Nothing is sent, and no database is needed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        names = "\n".join(f"  {kind.key:20}{kind.title}" for kind in previewed())
        parser.epilog = (
            f"kinds:\n{names}\n\n"
            "example:\n"
            "  manage.py preview_mail request --html request.html\n\n"
            "exit code: 0 done, 1 couldn't write the file or no such part, 2 wrong usage"
        )
        parser.add_argument("kind", choices=[kind.key for kind in previewed()], metavar="KIND")
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--text", action="store_true", help="print the text part (the default)")
        form.add_argument("--html", metavar="FILE", help="write the HTML part to FILE")

    def handle(self, *args: Any, kind: str, html: str | None, **options: Any) -> None:
        draft = preview(
            KINDS[kind], reply_address=settings.REPLY_ADDRESS, public_url=settings.PUBLIC_URL
        )
        if html is None:
            self.stdout.write(f"Subject: {draft.subject}\n\n{draft.text}")
            return
        if draft.html is None:
            raise CommandError("This kind of email is text only. Use --text.", returncode=1)
        try:
            Path(html).write_text(draft.html, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"Can't write {html}: {error.strerror}.", returncode=1) from error
        self.stdout.write(f"Wrote {html}.")
