"""Load the demo data."""

import logging
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo_data.load import LoadError, load


class Command(BaseCommand):
    help = "Two counties with people and 120 complaints, filed through the actions and routed by the running worker."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError("demo data have well-known passwords: they are never loaded in production")
        logging.getLogger("tenancy.scope").setLevel(logging.WARNING)  # hundreds of lines among those for the person
        try:
            made = load(say=self._say, accounts=settings.VAR / "demo.json")
        except LoadError as problem:
            raise CommandError(str(problem)) from problem
        self._say("the demo is loaded" if made else "the demo was loaded before; nothing to do")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
