"""Reads over referrals. `visible_to` is the one place that says who sees which."""

from datetime import date, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from complaints.queries import answering_for
from enforcement.counsel_permissions import COURT
from enforcement.counsel_states import AT_COURT, Consent, ReferralState
from enforcement.models import ConsentLine, Referral, ReferralParty
from people.actors import Actor
from people.models import Organisation
from people.roles import DEPARTMENT, STREET
from tenancy import areas
from tenancy.refusals import NotThere

CONFIRMATION_DAYS = 30
"""Calendar days in which both sides may ask the court together to confirm what they agreed (人民调解法 33)."""


def visible_to(actor: Actor) -> QuerySet[Referral]:
    """The street of the place; the court once everybody has consented; those concerned from when they are asked."""
    referrals: QuerySet[Referral] = Referral.objects.all()
    if actor.is_system:
        return referrals
    seen = Q(pk__in=[])
    for post in actor.posts:
        low, high = areas.subtree(post.area)
        here = Q(area__gte=low, area__lt=high)
        if post.role in STREET:
            seen |= here
        elif post.role in DEPARTMENT and post.organisation_id:
            seen |= here & Q(court=post.organisation_id, state__in=sorted(AT_COURT))
    if actor.is_person:
        concerned = ReferralParty.objects.filter(referral=OuterRef("pk"), user=actor.id)
        seen |= Q(Exists(concerned)) & ~Q(state=ReferralState.DRAFTED)
    return referrals.filter(seen)


def get(actor: Actor, referral_id: int, *, lock: bool = False) -> Referral:
    """One referral the actor may see. Raises NotThere for any other id, wherever it is."""
    people = ("compound", "court", "drafted_by", "sent_by", "taken_up_by", "ended_by")
    found = visible_to(actor).filter(pk=referral_id).select_related(*people).first()
    if found is None:
        raise NotThere
    if lock:
        Referral.objects.select_for_update().get(pk=found.pk)
        found.refresh_from_db()
        if not visible_to(actor).filter(pk=referral_id).exists():  # consent was taken back while this waited for the lock
            raise NotThere
    return found


def parties(referral: Referral) -> list[ReferralParty]:
    """Everybody concerned. For the street, and for the court once it sees the referral; others get `own_party`."""
    return list(ReferralParty.objects.filter(referral=referral).order_by("pk"))


def party(referral: Referral, party_id: int) -> ReferralParty:
    """One of those concerned. Raises NotThere for any other id."""
    found: ReferralParty | None = ReferralParty.objects.filter(referral=referral, pk=party_id).first()
    if found is None:
        raise NotThere
    return found


def own_party(actor: Actor, referral: Referral) -> ReferralParty | None:
    """Who of those concerned the actor is."""
    found: ReferralParty | None = ReferralParty.objects.filter(referral=referral, user=actor.id).first()
    return found


def lines(referral: Referral) -> QuerySet[ConsentLine]:
    """What those concerned said, oldest first."""
    found: QuerySet[ConsentLine] = ConsentLine.objects.filter(party__referral=referral)
    return found.select_related("party", "kept_by").order_by("pk")


def paper(referral: Referral, photo_id: UUID) -> ConsentLine:
    """The line that a photo of a paper belongs to. Raises NotThere."""
    found = lines(referral).filter(photo=photo_id).select_related("photo").first()
    if found is None:
        raise NotThere
    return found


def missing_consent(referral: Referral) -> bool:
    """Whether somebody concerned does not agree, or has not said so yet."""
    return ReferralParty.objects.filter(referral=referral).exclude(consent=Consent.GIVEN).exists()


def courts(area: int) -> QuerySet[Organisation]:
    """Courts that answer for a place."""
    return answering_for(area).filter(kind=COURT)


def confirm_until(agreed_on: date) -> date:
    """The last day to ask the court together for its confirmation: the day of the agreement does not count (民法典 201).

    Not moved when it falls on a holiday (own: whoever goes by it is in time in any case).
    """
    return agreed_on + timedelta(days=CONFIRMATION_DAYS)
