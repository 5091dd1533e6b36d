"""Putting a list of the desk aside under a name, alone or for the whole street office, and taking it away again."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from complaints import worklist
from complaints.models import SavedList
from people.actors import Actor
from people.models import User
from people.roles import STREET
from tenancy import areas, scope
from tenancy.areas import Level
from tenancy.refusals import NotAllowed, NotThere, Refusal
from tenancy.text import clean

MOST, LONGEST_NAME = 20, 40
"""Lists of one person, shared ones included (own)."""


def shares_in(actor: Actor) -> list[int]:
    """The streets for whose offices the actor may share lists."""
    return sorted({post.area for post in actor.posts if post.role in STREET and areas.level_of(post.area) == Level.STREET})


def readable(actor: Actor) -> QuerySet[SavedList]:
    """The actor's own, and what is shared in the streets where the actor has a desk."""
    streets = [post.area for post in actor.posts if post.role in worklist.WORKING]
    return SavedList.objects.filter(Q(made_by=actor.user) | Q(area__in=streets)).select_related("made_by")


def get(actor: Actor, saved_id: int) -> SavedList:
    """Raises NotThere for one that is absent or not the actor's to see."""
    found: SavedList | None = readable(actor).filter(pk=saved_id).first()
    if found is None:
        raise NotThere
    return found


def may_remove(actor: Actor, row: SavedList) -> bool:
    """Whoever made it; a shared one also any clerk of that office."""
    return row.made_by_id == actor.id or row.area in shares_in(actor)


@transaction.atomic
def save(name: str, queue: str, filters: Mapping[str, str], *, share: bool, by: Actor) -> SavedList:
    """Keep a queue with its filters. A list of the actor's with this name is replaced.

    Raises NotAllowed for whoever has no desk, NotThere for a queue that is not on it, and Refusal (`name`, `share`).
    """
    if not worklist.has_desk(by):
        raise NotAllowed
    if queue not in worklist.queues_of(by):
        raise NotThere
    kept = clean(name, field="name", longest=LONGEST_NAME)
    streets = shares_in(by)
    if share and not streets:
        raise Refusal(_("Only a street office shares lists, among its own staff."), field="share")
    User.objects.select_for_update(no_key=True).get(pk=by.id)  # one at a time, for the count
    mine = SavedList.objects.filter(made_by=by.user)
    if not mine.filter(name=kept).exists() and mine.count() >= MOST:
        raise Refusal(_("You have %(most)d lists. Remove one first.") % {"most": MOST}, code="too_many", field="name")
    area = streets[0] if share else scope.own_place(by.id)
    mine.filter(name=kept).delete()
    row: SavedList = SavedList.objects.create(area=area, made_by=by.user, name=kept, queue=queue, filters=dict(filters))
    _record(row, "desk.list_saved", by=by)
    return row


@transaction.atomic
def remove(saved_id: int, *, by: Actor) -> SavedList:
    """Take a list away. Raises NotThere, and NotAllowed for a shared one of another office's clerk."""
    row = get(by, saved_id)
    if not may_remove(by, row):
        raise NotAllowed(_("Whoever made this list removes it, or a clerk of the street office."))
    _record(row, "desk.list_removed", by=by)
    SavedList.objects.filter(pk=row.pk).delete()
    return row


def _record(row: SavedList, action: str, *, by: Actor) -> None:
    area = row.area if row.shared else next(post.area for post in by.posts if post.role in worklist.WORKING)
    audit.record(row, action, by=by, area=area, after={"name": row.name, "queue": row.queue, "filters": row.filters})
