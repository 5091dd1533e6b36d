"""Give a place another code, and carry everything under it along."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from people import actors
from people.actions import places
from tenancy.refusals import Refusal


class Command(BaseCommand):
    help = "Re-code a place (for instance a merged street): every row under it moves in one transaction."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("old", type=int, help="present 15-digit code")
        parser.add_argument("new", type=int, help="new 15-digit code of the same level")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            moved = places.recode(options["old"], options["new"], by=actors.system())
        except (Refusal, ValueError) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"moved {moved} rows from {options['old']} to {options['new']}")
