"""Reads over knowledge notes."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from complaints.models import KnowledgeNote
from complaints.note_permissions import READERS, may_keep_notes, may_read_notes, owners_over
from complaints.note_states import NoteState
from complaints.rule_permissions import OWNERS
from people.actors import Actor
from people.roles import DESKS
from tenancy import areas, clock
from tenancy.areas import Level
from tenancy.models import Area
from tenancy.refusals import NotThere


def readable(actor: Actor) -> QuerySet[KnowledgeNote]:
    """The notes of all places that the actor reads."""
    found = KnowledgeNote.objects.select_related("written_by", "changed_by")
    if actor.is_system:
        return found
    wanted = Q(pk__in=[])
    for post in actor.posts:
        if post.role in READERS:
            low, high = areas.subtree(post.area)
            wanted |= Q(area__gte=low, area__lt=high) | Q(area__in=owners_over(post.area))
    return found.filter(wanted)


def get_note(actor: Actor, note_id: int, *, lock: bool = False) -> KnowledgeNote:
    """One note. Raises NotThere for an id that is absent or not this actor's to read."""
    found = KnowledgeNote.objects.select_related("written_by", "changed_by")
    if lock:
        found = found.select_for_update(of=("self",))
    note = found.filter(pk=note_id).first()
    if note is None or not may_read_notes(actor, note.area):
        raise NotThere
    return note


def saying(words: str) -> Q:
    """Notes that hold these words in name, text, source or words; for rows of `searched`."""
    return Q(name__icontains=words) | Q(text__icontains=words) | Q(source__icontains=words) | Q(listed__icontains=words)


def searched(notes: QuerySet[KnowledgeNote], words: str) -> QuerySet[KnowledgeNote]:
    return notes.annotate(listed=Cast("words", TextField())).filter(saying(words)) if words else notes


def overdue() -> Q:
    """Notes that should have been checked."""
    return Q(review_on__lt=today())


def today() -> date:
    return timezone.localdate(clock.now())


def offered(area: int, way: str) -> list[KnowledgeNote]:
    """What the street and the county of a place have ready for this way, the street's first."""
    found = KnowledgeNote.objects.filter(area__in=owners_over(area), way=way, state=NoteState.LIVE)
    return list(found.order_by("-area", "pk"))


def has_own(area: int) -> bool:
    """Whether this county or street has ever written notes."""
    return KnowledgeNote.objects.filter(area=area).exists()


def kept_by(actor: Actor) -> list[Area]:
    """The streets and counties whose notes the actor keeps, by code."""
    wanted = Q(pk__in=[])
    for post in actor.posts:
        if post.role in DESKS:
            wanted |= Q(code=post.area)
    places = Area.objects.filter(wanted, level__in=sorted(OWNERS)).order_by("code")
    return [place for place in places if may_keep_notes(actor, place.code)]


def without_own(actor: Actor) -> list[Area]:
    """Counties of the actor that have no notes, so that those which come with Mulin are offered there."""
    counties = {areas.ancestor(post.area, Level.COUNTY) for post in actor.posts if post.role in READERS}
    with_own = KnowledgeNote.objects.filter(area__in=counties).order_by().values("area")
    return list(Area.objects.filter(code__in=counties, level=Level.COUNTY).exclude(code__in=with_own).order_by("code"))


def owner(actor: Actor, area: int) -> Area:
    """A street or county whose notes the actor reads. Raises NotThere."""
    found = Area.objects.filter(code=area, level__in=sorted(OWNERS)).first()
    if found is None or not may_read_notes(actor, area):
        raise NotThere
    return found


def names_of(codes: Iterable[int]) -> dict[int, str]:
    return dict(Area.objects.filter(code__in=set(codes)).values_list("code", "name"))
