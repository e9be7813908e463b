"""Tells the keeper of encryption keys what else they have encrypted, ends the sign-ins of who gets a
role, and ends the start.
"""

import gc

from django.apps import AppConfig
from django.db.models.signals import post_save


class ConsoleConfig(AppConfig):
    name = "console"

    def ready(self) -> None:
        from console.people.gained_roles import end_sign_ins
        from console.people.second_factor import renew_secrets
        from core.keys.services import register_renewal
        from items.models import Change

        register_renewal("second factors", renew_secrets)
        post_save.connect(end_sign_ins, sender=Change)

        gc.freeze()  # what is loaded by now isn't looked through again
        gc.enable()
