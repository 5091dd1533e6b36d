"""Give an organisation's system a key for Open311, list keys, revoke one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from complaints.actions import open311
from complaints.models import Open311Key
from people import actors
from tenancy import scope
from tenancy.refusals import Refusal


class Command(BaseCommand):
    help = "Keys with which systems of other offices file through Open311. A new key is shown once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("county", type=int, help="six digits of the county: the jurisdiction_id")
        chosen = parser.add_mutually_exclusive_group(required=True)
        chosen.add_argument("--give", type=int, metavar="ORGANISATION", help="id of the organisation that gets a key")
        chosen.add_argument("--revoke", type=int, metavar="KEY", help="number of the key")
        chosen.add_argument("--list", action="store_true", help="keys of the county")

    def handle(self, *args: Any, **options: Any) -> None:
        county = options["county"] * 10**9
        try:
            with scope.place(county):
                self._do(county, options)
        except (Refusal, ValueError) as problem:
            raise CommandError(str(problem)) from problem

    def _do(self, county: int, options: dict[str, Any]) -> None:
        if options["give"] is not None:
            key, secret = open311.give_key(county=county, organisation=options["give"], by=actors.system())
            self.stdout.write(f"key {key.pk} for {key.organisation}: {secret}")
        elif options["revoke"] is not None:
            key = open311.revoke_key(options["revoke"], by=actors.system())
            self.stdout.write(f"key {key.pk} counts no longer")
        else:
            for key in Open311Key.objects.select_related("organisation").order_by("pk"):
                state = "revoked" if key.revoked_at else "in use"
                self.stdout.write(f"{key.pk}\t{key.organisation}\t{key.made_at:%Y-%m-%d}\t{state}")
