"""The app of policies."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class Policies(AppConfig):
    name = "policies"

    def ready(self) -> None:
        from policies import triggers  # models are there only now

        post_migrate.connect(triggers.provide, sender=self)
