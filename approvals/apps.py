"""Tells core which encryption keys open invitations still need, and what a restore has to end; counts who
can decide again when a profile changes.
"""

from django.apps import AppConfig
from django.db.models.signals import post_save


class ApprovalsConfig(AppConfig):
    name = "approvals"

    def ready(self) -> None:
        from approvals.services.profiles import recount_requests_of
        from approvals.services.restoring import end_what_may_be_over
        from approvals.tokens import key_numbers_in_use
        from core.backup.services import register_after_restore
        from core.keys.services import register_use
        from items.models import Change

        register_use(key_numbers_in_use)
        register_after_restore(end_what_may_be_over)
        post_save.connect(recount_requests_of, sender=Change)
