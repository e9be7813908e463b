"""Tells the encryption keys' keeper which of them open invitations still need."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "approvals"

    def ready(self) -> None:
        from approvals.tokens import key_numbers_in_use
        from core.keys.services import register_use

        register_use(key_numbers_in_use)
