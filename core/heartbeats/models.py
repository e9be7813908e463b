"""The heartbeats of programs that work in the background."""

from django.db import models


class Heartbeat(models.Model):
    """One running program, or the newest round of work that recurs. All times are the database's."""

    class Kind(models.TextChoices):
        WORKER = "worker", "worker"
        BEAT = "beat", "scheduler"
        LISTENER = "listener", "listener"
        SWEEP = "sweep", "sweep"  # beat asked, the broker passed it on, a worker did it

    kind = models.CharField(max_length=20, choices=Kind)
    host = models.CharField(max_length=255, blank=True)
    process = models.PositiveIntegerField(default=0)  # its id on that host
    # Where it can be reached, if anywhere: host:port, or the path of a Unix socket.
    address = models.CharField(max_length=255, blank=True, db_default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("kind", "host", "process", name="heartbeats_one_per_program")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.host}" if self.host else self.kind
