"""The app of policies."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class Policies(AppConfig):
    name = "policies"

    def ready(self) -> None:
        from core.backup.schema import leave_out
        from policies import triggers  # models are there only now
        from policies.models import ComputerRevision, PolicyRevision

        leave_out(PolicyRevision)  # a mark is drawn by the database that it is of
        leave_out(ComputerRevision)

        post_migrate.connect(triggers.provide, sender=self)
