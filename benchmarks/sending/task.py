"""The least that a mail by way of Celery takes: a task that hands a ready message to smtplib."""

import os
import smtplib
from pathlib import Path

from celery import Celery

app = Celery("peer", broker=os.environ["PEER_BROKER"])
app.conf.update(task_ignore_result=True)
_kept: list[smtplib.SMTP] = []


@app.task
def send(number: int) -> None:
    if not _kept:
        _kept.append(smtplib.SMTP("127.0.0.1", int(os.environ["SINK"])))
    message = Path(os.environ["MESSAGE"]).read_bytes()
    _kept[0].sendmail("pm@pm.example.com", [f"{number}@example.com"], message)
