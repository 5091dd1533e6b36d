"""Reads over the record."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from audit.models import Entry


@dataclass(frozen=True)
class Wanted:
    """What to look for; empty means all. `first` and `last` are days, both included, in the installation's time zone."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    first: date | None = None
    last: date | None = None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def entries(wanted: Wanted, *, among: QuerySet[Entry]) -> QuerySet[Entry]:
    """What is wanted among these entries, newest first.

    `actor`: part of the name, or the number; `action`: its beginning; `subject`: its id, alone or after its kind
    ("people.user 7").
    """
    found = among.order_by("-id")
    if wanted.actor:
        by_number = Q(actor_id=int(wanted.actor)) if wanted.actor.isdecimal() and len(wanted.actor) < 19 else Q()
        found = found.filter(Q(actor_label__icontains=wanted.actor) | by_number)
    if wanted.action:
        found = found.filter(action__startswith=wanted.action)
    if wanted.subject:
        kind, _, number = wanted.subject.rpartition(" ")
        found = found.filter(subject_id=number, **({"subject_type": kind.strip()} if kind.strip() else {}))
    if wanted.first:
        found = found.filter(at__gte=_midnight(wanted.first))
    if wanted.last:
        found = found.filter(at__lt=_midnight(wanted.last + timedelta(days=1)))
    return found
