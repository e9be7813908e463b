"""Tells core which encryption keys open invitations still need, and what a restore has to end."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "approvals"

    def ready(self) -> None:
        from approvals.services.restoring import end_what_may_be_over
        from approvals.tokens import key_numbers_in_use
        from core.backup.services import register_after_restore
        from core.keys.services import register_use

        register_use(key_numbers_in_use)
        register_after_restore(end_what_may_be_over)
