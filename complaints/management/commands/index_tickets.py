"""`manage.py index_tickets`: what tickets are found by, for those that have none yet, or with `--all` for every one anew."""

import logging
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from complaints.actions import indexes


class Command(BaseCommand):
    help = "Index tickets for the search: those that are not in the index yet, or all of them. Can be stopped and run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="renew the entries of all tickets")
        parser.add_argument("--batch", type=int, default=1000, help="tickets per transaction")
        parser.add_argument("--from", type=int, default=0, dest="beyond", help="go on after this id, as printed")
        parser.add_argument("--to", type=int, default=2**62, dest="until", help="stop at this id")

    def handle(self, *args: Any, **options: Any) -> None:
        logging.getLogger("tenancy.scope").setLevel(logging.WARNING)
        renew = indexes.renew if options["all"] else indexes.complete
        began, done, beyond = time.monotonic(), 0, options["beyond"]
        while True:
            count, beyond = renew(beyond, options["batch"], until=options["until"])
            if not count:
                break
            done += count
            self.stdout.write(f"{done:>10,} tickets, up to id {beyond}, {done / (time.monotonic() - began):,.0f} a second")
            self.stdout.flush()
        self.stdout.write(f"done: {done:,} tickets in {time.monotonic() - began:.0f} s")
