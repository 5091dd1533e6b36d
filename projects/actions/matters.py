"""Loading the ten matters into the reference table."""

import json
from pathlib import Path

from django.db import transaction

from audit import actions as audit
from people.actors import Actor
from projects.models import Matter

FILE = Path(__file__).parent.parent / "data" / "matters.json"


@transaction.atomic
def load(*, by: Actor) -> int:
    """Bring the table to what `projects/data/matters.json` says; returns the number of matters. Twice is once."""
    rows = json.loads(FILE.read_text(encoding="utf-8"))["matters"]
    made = [Matter(**{("lead_id" if name == "lead" else name): value for name, value in row.items()}) for row in rows]
    fields = ["no", "name", "problem", "measure", "unit", "leaves", "lead", "others", "provenance"]
    Matter.objects.bulk_create(made, update_conflicts=True, unique_fields=["code"], update_fields=fields)
    audit.record("matters", "matters.loaded", by=by, area=audit.INSTALLATION, after={"count": len(made)})
    return len(made)
