#!/usr/bin/env python
"""Django's command line, with pmconsole's way of finding its settings (see trial/environment.py)."""

import os
import sys
import traceback

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import DatabaseError

from console.doctor.unusable import say_unusable
from core.migrated import trouble_with_database
from trial.environment import prepare_environment
from trial.folder import short

EX_DATAERR = 65  # sysexits.h: the mail server that pipes a message in returns it to its sender
EX_TEMPFAIL = 75  # it keeps it and tries again


def main() -> None:
    if sys.argv[1:2] != ["ingest_mail"]:
        run()
        return
    try:
        run()
    except SystemExit as end:
        if end.code in {None, 0, EX_DATAERR}:
            raise
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    else:
        return
    # Whatever it is, a wrong option in the mail server's settings for one, no message is lost by it.
    sys.exit(EX_TEMPFAIL)


def run() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmconsole.settings")
    folder = prepare_environment(sys.argv)
    try:
        if folder is not None:
            django.setup()
            from trial.layout import is_of_earlier_version  # it needs the apps to be set up

            if is_of_earlier_version():
                sys.exit(
                    "This trial was made by an earlier version of pmconsole, and its data can't be "
                    f"carried over. Delete {short(folder)} or start another trial: "
                    "manage.py up --folder DIR"
                )
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:  # a sentence for the operator, not a traceback
        if "doctor" in sys.argv[1:2]:
            sys.exit(say_unusable(str(error), as_json="--json" in sys.argv))
        print(error, file=sys.stderr)
        sys.exit(1)
    except DatabaseError:
        why = "" if "migrate" in sys.argv[1:2] else trouble_with_database()
        if not why:
            raise
        print(why.strip(), file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
