"""Load the reference lists that ship with Mulin."""

from typing import Any

from django.core.management.base import BaseCommand

from complaints.actions import catalogue
from people import actors
from projects.actions import matters


class Command(BaseCommand):
    help = "Load the complaint catalogue (departments, urgency levels, 78 leaves) and the ten matters into the reference tables."

    def handle(self, *args: Any, **options: Any) -> None:
        by = actors.system()
        self.stdout.write(f"catalogue loaded: {catalogue.load(by=by)} leaves; {matters.load(by=by)} matters")
