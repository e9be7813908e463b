"""A peer: django-celery-email, tasks of 50 messages. Its worker, and a program that queues messages.

python -m benchmarks.sending.celery_email TEXT_FILE HTML_FILE; a line with a number: queues so many.
"""

import os
import sys
from pathlib import Path

import django
from celery import Celery
from django.conf import settings

settings.configure(
    INSTALLED_APPS=["djcelery_email"],
    SECRET_KEY="of a benchmark",
    EMAIL_BACKEND="djcelery_email.backends.CeleryEmailBackend",
    EMAIL_HOST="127.0.0.1",
    EMAIL_PORT=int(os.environ.get("SINK", "0")),
    CELERY_EMAIL_CHUNK_SIZE=50,
    CELERY_EMAIL_TASK_CONFIG={"ignore_result": True},
)
django.setup()
app = Celery("peer", broker=os.environ["PEER_BROKER"], include=["djcelery_email.tasks"])
app.set_default()

if __name__ == "__main__":
    from django.core.mail import EmailMultiAlternatives, get_connection

    text, html = (Path(name).read_text() for name in sys.argv[1:])
    for line in sys.stdin:
        messages = []
        for number in range(int(line)):
            mail = EmailMultiAlternatives(
                "Approval needed", text, "pm@pm.example.com", [f"{number}@example.com"]
            )
            mail.attach_alternative(html, "text/html")
            messages.append(mail)
        get_connection().send_messages(messages)
        print(flush=True)
