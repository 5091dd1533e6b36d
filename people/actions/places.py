"""Making and moving places, on record."""

from django.db import transaction

from audit import actions as audit
from people.actors import Actor
from tenancy import actions as tenancy
from tenancy.models import Area


@transaction.atomic
def add(*, code: int, name: str, by: Actor, invented: bool = False) -> Area:
    """Make or rename a place. Raises ValueError for what is no place code."""
    area = tenancy.add_area(code=code, name=name, invented=invented)
    audit.record(area, "place.added", by=by, area=audit.INSTALLATION, after={"name": name})
    return area


@transaction.atomic
def recode(old: int, new: int, *, by: Actor) -> int:
    """Give a place another code and carry everything under it along; returns the rows moved. Raises Refusal."""
    moved = tenancy.recode(old, new)
    audit.record(
        str(new), "place.recoded", by=by, area=audit.INSTALLATION, before={"code": old}, after={"code": new, "rows": moved}
    )
    return moved
