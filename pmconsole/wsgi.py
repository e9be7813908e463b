"""The WSGI entry: console and agent API in production. The wait path is served by asgi.py."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmconsole.settings")
application = get_wsgi_application()

from django.db import connection  # noqa: E402

from core.keys.services import check_keys  # noqa: E402  # Django has to be set up before

check_keys()
connection.close()  # a server that loads this once forks its processes: none may share a connection
