"""Reads over legal consultations. `visible_to` is the one place that says who sees which."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet

from complaints.queries import answering_for
from enforcement.advice_permissions import ADVISER, WATCHING
from enforcement.advice_states import ConsultationState, LineKind, Topic
from enforcement.models import Consultation, ConsultationLine
from people.actors import Actor
from people.models import Organisation
from people.roles import DEPARTMENT, PROPERTY, STREET
from tenancy import areas
from tenancy.refusals import NotThere

LATE = "late"


def visible_to(actor: Actor) -> QuerySet[Consultation]:
    """One's own and one's office's; the advisers theirs; the street those it may read. A withdrawn one: whoever asked."""
    rows: QuerySet[Consultation] = Consultation.objects.all()
    if actor.is_system:
        return rows
    seen, stands = Q(pk__in=[]), ~Q(state=ConsultationState.WITHDRAWN)
    for post in actor.posts:
        low, high = areas.subtree(post.area)
        here = Q(area__gte=low, area__lt=high)
        if post.role in STREET:
            seen |= here & Q(shared=True) & stands
        if post.role in STREET | PROPERTY and post.organisation_id:
            seen |= here & Q(organisation=post.organisation_id)
        elif post.role in DEPARTMENT and post.organisation_id:
            seen |= here & Q(adviser=post.organisation_id) & stands
    if actor.is_person:
        seen |= Q(asked_by=actor.id)
    return rows.filter(seen)


def get(actor: Actor, consultation_id: int, *, lock: bool = False) -> Consultation:
    """One that the actor may see. Raises NotThere for any other id, wherever it is."""
    people = ("compound", "adviser", "asked_by", "organisation")
    found = visible_to(actor).filter(pk=consultation_id).select_related(*people).first()
    if found is None:
        raise NotThere
    if lock:
        Consultation.objects.select_for_update().get(pk=found.pk)
        found.refresh_from_db()
        if not visible_to(actor).filter(pk=consultation_id).exists():  # withdrawn while this waited for the lock
            raise NotThere
    return found


def lines(row: Consultation) -> list[ConsultationLine]:
    """What was asked and answered, in order."""
    return list(ConsultationLine.objects.filter(consultation=row).select_related("by").order_by("pk"))


def advisers(area: int) -> QuerySet[Organisation]:
    """Bodies that give legal advice for a place."""
    return answering_for(area).filter(kind=ADVISER)


@dataclass(frozen=True)
class Only:
    """A filter; what is empty is not asked. `state` also takes `late`."""

    q: str = ""
    state: str = ""
    topic: str = ""

    def rows(self, found: QuerySet[Consultation], today: date) -> QuerySet[Consultation]:
        wanted = Q()
        if self.q:
            wanted &= Q(subject__icontains=self.q) | Q(compound__name__icontains=self.q)
        if self.state in ConsultationState.values:
            wanted &= Q(state=self.state)
        if self.state == LATE:
            wanted &= Q(state=ConsultationState.WAITING, due_on__lt=today)
        if self.topic in Topic.values:
            wanted &= Q(topic=self.topic)
        return found.filter(wanted)

    def query(self, **more: Any) -> str:
        """The filter as an address keeps it, with `more` put in."""
        return urlencode({name: value for name, value in {**asdict(self), **more}.items() if value not in (None, "")})


def counts(actor: Actor, today: date) -> dict[str, int] | None:
    """How many were asked in the places that the actor watches, answers given and given in time, and late; None for all others.

    Only numbers: what was asked is between whoever asked and the adviser.
    """
    watched = Q(pk__in=[])
    posts = [post for post in actor.posts if post.role in WATCHING]
    if not posts:
        return None
    for post in posts:
        low, high = areas.subtree(post.area)
        watched |= Q(area__gte=low, area__lt=high)
    rows = Consultation.objects.filter(watched).exclude(state=ConsultationState.WITHDRAWN)
    late = Q(state=ConsultationState.WAITING, due_on__lt=today)
    asked = rows.aggregate(
        asked=Count("pk"), waiting=Count("pk", filter=Q(state=ConsultationState.WAITING)), late=Count("pk", filter=late)
    )
    given = ConsultationLine.objects.filter(kind=LineKind.ANSWER).filter(consultation__in=rows)
    in_time = Count("pk", filter=Q(at__date__lte=F("due_on")))
    return {**asked, **given.aggregate(answers=Count("pk"), in_time=in_time)}
