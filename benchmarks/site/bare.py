"""The peer: a Django site of one view, which reads a row, writes a row and answers in JSON.

It has no middleware, no sessions and no checks, and takes its connections to the database from a pool.
`application` is for WSGI servers; with BARE_ASGI set, for ASGI servers.
"""

import json
import os
import uuid
from typing import ClassVar

import django
import environ
from django.conf import settings

if not settings.configured:
    database = environ.Env.db_url_config(os.environ["DATABASE_URL"])
    database.setdefault("OPTIONS", {})["pool"] = {"min_size": 4, "max_size": 16}
    settings.configure(
        SECRET_KEY="of-this-benchmark-only",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="benchmarks.site.bare",
        DATABASES={"default": database},
        USE_TZ=True,
        MIDDLEWARE=[],
    )
    django.setup()

from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.db import connection, models
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils import timezone


class Thing(models.Model):
    name = models.CharField(max_length=100)
    objects: ClassVar[models.Manager["Thing"]] = models.Manager()

    class Meta:
        app_label = "bare"


class Happening(models.Model):
    id = models.UUIDField(primary_key=True)
    thing = models.ForeignKey(Thing, on_delete=models.CASCADE)
    at = models.DateTimeField(db_index=True)
    event = models.JSONField()
    objects: ClassVar[models.Manager["Happening"]] = models.Manager()

    class Meta:
        app_label = "bare"


def report(request: HttpRequest) -> JsonResponse:
    event = json.loads(request.body)["event"]
    thing = Thing.objects.get(pk=1)
    row = Happening.objects.create(id=uuid.uuid4(), thing=thing, at=timezone.now(), event=event)
    response = JsonResponse({"thing": thing.name, "event_id": str(row.pk)})
    response["Content-Length"] = len(response.content)
    return response


urlpatterns = [path("report", report)]
application = get_asgi_application() if "BARE_ASGI" in os.environ else get_wsgi_application()


def make_tables() -> None:
    with connection.schema_editor() as editor:
        editor.create_model(Thing)
        editor.create_model(Happening)
    Thing.objects.create(pk=1, name="thing")


if __name__ == "__main__":
    make_tables()
