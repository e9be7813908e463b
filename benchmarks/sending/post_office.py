"""A peer: django-post-office, in two processes of five threads each, as it comes.

python -m benchmarks.sending.post_office TEXT_FILE HTML_FILE; "queue N" queues messages, "send" sends
all.
"""

import os
import sys
from pathlib import Path

import django
import environ
from django.conf import settings

settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
    SECRET_KEY="of a benchmark",
    DATABASES={"default": environ.Env().db_url("PEER_DATABASE")},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    EMAIL_BACKEND="post_office.EmailBackend",
    EMAIL_HOST="127.0.0.1",
    EMAIL_PORT=int(os.environ["SINK"]),
    POST_OFFICE={
        "BATCH_SIZE": 1000,
        "THREADS_PER_PROCESS": int(os.environ["THREADS"]),
        "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
    },
    CACHES={"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}},
    USE_TZ=True,
    TEMPLATES=[
        {"BACKEND": "django.template.backends.django.DjangoTemplates"},
        {"BACKEND": "post_office.template.backends.post_office.PostOfficeTemplates"},
    ],
)
django.setup()

if __name__ == "__main__":
    from django.core.management import call_command
    from django.db import connections
    from post_office import mail

    call_command("migrate", verbosity=0)
    text, html = (Path(name).read_text() for name in sys.argv[1:])
    for line in sys.stdin:
        match line.split():
            case ["queue", count]:
                mail.send_many(
                    {
                        "sender": "pm@pm.example.com",
                        "recipients": [f"{number}@example.com"],
                        "subject": "Approval needed",
                        "message": text,
                        "html_message": html,
                    }
                    for number in range(int(count))
                )
            case ["send"]:
                while sum(mail.send_queued(processes=2)):
                    connections.close_all()
        print(flush=True)
