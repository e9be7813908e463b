#!/usr/bin/env python
"""Django's command line, with pmconsole's way of finding its settings (see trial/folder.py)."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from trial.folder import prepare_environment


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmconsole.settings")
    prepare_environment(sys.argv)
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:  # a sentence for the operator, not a traceback
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()
