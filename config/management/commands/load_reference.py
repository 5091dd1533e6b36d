"""Load the complaint catalogue that ships with Mulin."""

from typing import Any

from django.core.management.base import BaseCommand

from complaints.actions import catalogue
from people import actors


class Command(BaseCommand):
    help = "Load the complaint catalogue (departments, urgency levels, 78 leaves) into the reference tables."

    def handle(self, *args: Any, **options: Any) -> None:
        leaves = catalogue.load(by=actors.system())
        self.stdout.write(f"catalogue loaded: {leaves} leaves")
