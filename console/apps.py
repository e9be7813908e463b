"""Tells the keeper of encryption keys what else they have encrypted, and ends the start."""

import gc

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "console"

    def ready(self) -> None:
        from console.people.second_factor import renew_secrets
        from core.keys.services import register_renewal

        register_renewal("second factors", renew_secrets)

        gc.freeze()  # what is loaded by now isn't looked through again
        gc.enable()
