"""Fill a database for measuring."""

import logging
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from complaints.models import Leaf
from config.seeding.ground import Size
from config.seeding.sow import Sowing


class Command(BaseCommand):
    help = "Add plausible tickets over many invented compounds, fast, for measuring. Never in production."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tickets", type=int, default=100_000)
        parser.add_argument("--events", action="store_true", help="with the timeline of every ticket (1 to 6 lines each)")
        parser.add_argument("--streets", type=int, default=Size.streets, help="per county")
        parser.add_argument("--compounds", type=int, default=Size.compounds, help="per street")
        parser.add_argument("--firms", type=int, default=Size.firms, help="property firms per county")
        parser.add_argument("--chunk", type=int, default=25_000, help="tickets per transaction")
        parser.add_argument("--seed", type=int, default=1, help="another number draws other tickets")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError("seeded rows are invented: they are never written in production")
        if not Leaf.objects.exists():
            raise CommandError("the catalogue is not loaded: run manage.py load_reference first")
        try:
            size = Size(options["streets"], options["compounds"], options["firms"])
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        logging.getLogger("tenancy.scope").setLevel(logging.WARNING)
        self._sow(Sowing(options["tickets"], options["events"], size, options["seed"]), options["chunk"])

    def _sow(self, sowing: Sowing, chunk: int) -> None:
        began = time.monotonic()
        self._say(f"ground prepared: {sowing.begin()} compounds in {time.monotonic() - began:.1f} s")
        began, tickets, events = time.monotonic(), 0, 0
        for first in range(0, sowing.tickets, chunk):
            written = sowing.chunk(first, min(first + chunk, sowing.tickets) - 1)
            tickets, events = tickets + written[0], events + written[1]
            took = time.monotonic() - began
            rate = (tickets + events) / took
            self._say(f"{tickets:>10,} of {sowing.tickets:,} tickets, {events:,} events, {took:6.1f} s, {rate:,.0f} rows/s")
        sowing.finish()
        self._say(f"done: {tickets:,} tickets and {events:,} events, analysed")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
