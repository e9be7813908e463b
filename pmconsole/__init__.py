"""The Django project and the console's shell."""

from pmconsole.celery import app as celery_app

__all__ = ["celery_app"]
