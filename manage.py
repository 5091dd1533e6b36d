#!/usr/bin/env python
"""Command line of Mulin. Commands that change the schema run as the owner role, everything else as the app role."""

import os
import sys

OWNER_COMMANDS = {"migrate", "makemigrations", "sqlmigrate", "showmigrations", "sqlflush", "dbshell", "pgtrigger", "seed"}


def main() -> None:
    if sys.argv[1:] == ["classify"]:
        from complaints import lines  # reads texts alone: no settings, no database, no services

        lines.main()
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ.setdefault("MULIN_DB_ROLE", "owner")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
