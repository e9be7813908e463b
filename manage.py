#!/usr/bin/env python
"""Django's command line, with pmconsole's way of finding its settings (see trial/folder.py)."""

import os
import sys

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from console.doctor.unusable import say_unusable
from trial.folder import prepare_environment, short

EX_TEMPFAIL = 75  # sysexits.h: the mail server that pipes a message in keeps it and tries again


def main() -> None:
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
        sys.exit(EX_TEMPFAIL if "ingest_mail" in sys.argv[1:2] else 1)


if __name__ == "__main__":
    main()
