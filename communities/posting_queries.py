"""Reads over postings. `visible_to` is the one place that says who sees which."""

from datetime import date

from django.db.models import Q, QuerySet

from communities.models import Objection, Posting, PostingPhoto
from communities.posting_permissions import READING, reads_all
from communities.posting_states import POSTING_SHOWN, PostingState
from people.actors import Actor
from people.roles import Role
from tenancy import areas
from tenancy.refusals import NotThere


def visible_to(actor: Actor) -> QuerySet[Posting]:
    """Residents: what hangs or hung in their compounds. Firms, desks, bureaus and supervisors: all of their places."""
    postings: QuerySet[Posting] = Posting.objects.all()
    if actor.is_system:
        return postings
    seen = Q(pk__in=[])
    for post in actor.posts:
        low, high = areas.subtree(post.area)
        here = Q(area__gte=low, area__lt=high)
        if post.role in READING:
            seen |= here
        elif post.role == Role.RESIDENT:
            seen |= here & Q(state__in=sorted(POSTING_SHOWN))
    return postings.filter(seen)


def get(actor: Actor, posting_id: int, *, lock: bool = False) -> Posting:
    """One posting the actor may see. Raises NotThere for any other id, wherever it is."""
    found = visible_to(actor).select_related("compound", "asked_by", "put_up_by").filter(pk=posting_id).first()
    if found is None:
        raise NotThere
    if lock:
        Posting.objects.select_for_update().get(pk=found.pk)
        found.refresh_from_db()
    return found


def overdue(today: date) -> Q:
    """Asked for, and the day has passed."""
    return Q(state=PostingState.ASKED, due_on__lt=today)


def over(today: date) -> Q:
    """Still on show although its last day has passed: it may come down."""
    return Q(state=PostingState.UP, up_until__lt=today)


def photos(posting: Posting) -> QuerySet[PostingPhoto]:
    """The proof, oldest first. The posting comes from `get`: whoever sees it sees these."""
    found: QuerySet[PostingPhoto] = PostingPhoto.objects.filter(posting=posting)
    return found.select_related("photo").order_by("pk")


def objections(actor: Actor, posting: Posting) -> QuerySet[Objection]:
    """All for those who work with it; residents read their own, and those that were answered, by nobody's name."""
    found: QuerySet[Objection] = Objection.objects.filter(posting=posting).select_related("raised_by", "answered_by")
    if not reads_all(actor, posting.area):
        found = found.filter(Q(raised_by=actor.id) | Q(answered_at__isnull=False))
    return found.order_by("pk")
