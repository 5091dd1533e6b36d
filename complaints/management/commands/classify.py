"""`manage.py classify < in.jsonl > out.jsonl`; `manage.py` itself runs it without settings (see there)."""

from typing import Any

from django.core.management.base import BaseCommand

from complaints import lines


class Command(BaseCommand):
    help = 'Reads {"id", "text"} lines and writes where each text would go, and why.'
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        lines.main()
