"""The Django project and the console's shell."""

import gc

# What is loaded at the start stays: looking through it for garbage took a sixth of the time until a
# program was ready. console/apps.py switches the collector on when all is loaded.
gc.disable()

from pmconsole.celery import app as celery_app  # noqa: E402

__all__ = ["celery_app"]
