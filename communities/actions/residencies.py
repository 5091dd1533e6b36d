"""Who lives in or owns what: claimed, verified, refused, withdrawn. A claim opens nothing; the verification does."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from communities import permissions, queries
from communities.actions import compounds
from communities.models import WAITING, Building, Compound, Home, Residency, ResidencyKind
from notices import actions as notices
from people.actions import appointments
from people.actors import Actor, system
from people.models import User
from people.queries import place_names
from people.roles import Role
from tenancy import clock, scope
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState
from tenancy.text import clean

LONGEST_NAME, LONGEST_NOTE = 40, 300
MOST_WAITING = 3
MOST_A_DAY = 10
"""Claims of one person: waiting at once, and made within 24 hours whatever became of them (own rules)."""


@transaction.atomic
def claim_residency(compound: Compound, *, user: User, kind: str, by: Actor, home: Home | None = None) -> Residency:
    """Put on record that somebody lives in or owns a home here, still to be verified: for whoever keeps the records.

    Raises NotThere for a home elsewhere, NotAllowed, Refusal for the same claim twice.
    """
    permissions.require_record_keeping(by, compound.area)
    if home is not None and home.area != compound.area:
        raise NotThere
    Compound.objects.select_for_update(of=("self",)).get(pk=compound.pk)
    if Residency.objects.filter(user=user, compound=compound, home=home, ended_at=None).exists():
        raise Refusal(_("This is on record already."), field="home_name", code="unique")
    residency: Residency = Residency.objects.create(area=compound.area, user=user, compound=compound, home=home, kind=kind)
    audit.record(residency, "residency.claimed", by=by, area=compound.area, after={"user": user.pk, "kind": kind})
    return residency


@transaction.atomic
def claim_home(*, area: int, kind: str, building: str, home: str, by: Actor, note: str = "") -> Residency:
    """Say that one lives in or owns a home in the compound `area`, wherever one stands. It opens nothing until verified.

    Raises NotThere for what is no compound, NotAllowed for whoever is no person, Refusal naming the field that must change,
    for the same home twice and for too many claims. The record names no building, home or note.
    """
    if not by.is_person:
        raise NotAllowed
    User.objects.select_for_update().get(pk=by.id)  # two claims at once must see each other
    if kind not in ResidencyKind.values:
        raise Refusal(_("Please choose."), field="kind")
    building = clean(building, field="building", longest=LONGEST_NAME)
    home = clean(home, field="home_name", longest=LONGEST_NAME)
    note = clean(note, field="note", longest=LONGEST_NOTE, required=False, lines=True)
    with scope.place(area):
        compound: Compound | None = Compound.objects.filter(area=area).first()
        if compound is None:
            raise NotThere
        _require_first(by, compound, building, home)
    _require_few(by)
    with scope.place(area):
        residency: Residency = Residency.objects.create(
            area=area, user_id=by.id, compound=compound, kind=kind, building_said=building, home_said=home, note=note
        )
        audit.record(residency, "residency.claimed", by=by, area=area, after={"user": by.id, "kind": kind})
    return residency


def _require_first(by: Actor, compound: Compound, building: str, home: str) -> None:
    """Once per person and home, in whichever words."""
    live = Residency.objects.filter(user_id=by.id, compound=compound, ended_at=None).select_related("home__building")
    for row in live:
        known = (row.building_said, row.home_said) if row.home is None else (row.home.building.name, row.home.name)
        if queries.same_name(known[0], building) and queries.same_name(known[1], home):
            raise Refusal(_("You have said so already; it is among your homes."), field="home_name", code="unique")


def _require_few(by: Actor) -> None:
    with scope.everything(reason="count the claims of one person"):
        mine = Residency.objects.filter(user_id=by.id)
        waiting = mine.filter(WAITING).count()
        lately = mine.filter(claimed_at__gt=clock.now() - timedelta(days=1)).count()
    if waiting >= MOST_WAITING:
        message = _("%(most)d homes of yours wait to be confirmed. Withdraw one of them, or wait for an answer.")
        raise Refusal(message % {"most": MOST_WAITING}, code="too_many")
    if lately >= MOST_A_DAY:
        raise Refusal(_("You have added many homes today. Come back tomorrow."), code="too_many")


@transaction.atomic
def withdraw_claim(residency_id: int, *, by: Actor) -> Residency:
    """Take back one's own claim. Raises NotThere for anybody else's, WrongState once it was decided or withdrawn."""
    with scope.everything(reason="a person's own claim"):
        residency: Residency | None = (
            Residency.objects.select_for_update(of=("self",)).filter(pk=residency_id, user_id=by.id).first()
        )
        if residency is None or not by.is_person:
            raise NotThere
        _require_waiting(residency)
        residency.ended_at, residency.ended_by_id = clock.now(), by.id
        residency.save(update_fields=["ended_at", "ended_by"])
        audit.record(residency, "residency.withdrawn", by=by, area=residency.area, after={"user": by.id})
    return residency


@transaction.atomic
def verify_residency(
    residency_id: int, *, by: Actor, building: int | None = None, home_name: str = "", add_missing: bool = False
) -> Residency:
    """The street or the serving firm's manager confirms a residency; the person becomes a resident of the compound.

    A claim in words is matched to the home `home_name` of the building with this id; `add_missing` puts the home on record
    first, which only the street may. Raises NotThere, NotAllowed (nobody verifies their own), WrongState, and Refusal naming
    the field (`building`, `home_name`) when no home or one already theirs is meant.
    """
    residency = _to_decide(residency_id, by)
    User.objects.select_for_update().get(pk=residency.user_id)  # two claims of one home at once must see each other
    if residency.home_id is None and (residency.home_said or building is not None):
        residency.home = _home_meant(residency, building, home_name, add_missing, by)
    residency.verified_at, residency.verified_by_id = clock.now(), by.id
    residency.save(update_fields=["home", "verified_at", "verified_by"])
    person = residency.user
    if not appointments.live_or_coming(person).filter(role=Role.RESIDENT, area=residency.area).exists():
        appointments.appoint(person, Role.RESIDENT, area=residency.area, by=system())
    audit.record(residency, "residency.verified", by=by, area=residency.area, after={"user": residency.user_id})
    if residency.home_said:
        _tell(residency, "home_confirmed")
    return residency


@transaction.atomic
def refuse_residency(residency_id: int, *, by: Actor, reason: str) -> Residency:
    """Not confirmed, with a reason that the person reads. Raises NotThere, NotAllowed, WrongState, Refusal (field `reason`)."""
    residency = _to_decide(residency_id, by)
    residency.refusal = clean(reason, field="reason", longest=LONGEST_NOTE, lines=True)
    residency.ended_at, residency.ended_by_id = clock.now(), by.id
    residency.save(update_fields=["refusal", "ended_at", "ended_by"])
    audit.record(residency, "residency.refused", by=by, area=residency.area, after={"user": residency.user_id})
    _tell(residency, "home_refused", reason=residency.refusal)
    return residency


def _to_decide(residency_id: int, by: Actor) -> Residency:
    """A waiting residency, locked, that `by` may decide."""
    residency: Residency | None = (
        Residency.objects.select_for_update(of=("self",)).select_related("user", "home__building").filter(pk=residency_id).first()
    )
    if residency is None or not permissions.may_verify_residencies(by, residency.area):
        raise NotThere
    if not permissions.may_verify_residency(by, residency):
        raise NotAllowed(_("Nobody confirms their own home."))
    _require_waiting(residency)
    return residency


def _require_waiting(residency: Residency) -> None:
    if residency.verified_at is not None or residency.ended_at is not None:
        raise WrongState(_("This claim was decided or withdrawn before. Look at it again."))


def _home_meant(residency: Residency, building: int | None, name: str, add_missing: bool, by: Actor) -> Home:
    where: Building | None = Building.objects.filter(area=residency.area, pk=building).first() if building else None
    if where is None:
        raise Refusal(_("Choose the building that is meant."), field="building", code="required")
    name = clean(name, field="home_name", longest=LONGEST_NAME)
    home: Home | None = Home.objects.filter(area=residency.area, building=where, name=name).first()
    if home is None and not add_missing:
        raise Refusal(_("This home is not on record in that building."), field="home_name", code="not_found")
    if home is None:
        if not permissions.may_keep_records(by, residency.area):
            raise NotAllowed(_("Only the street office puts homes on record. Ask it to confirm this one."))
        (home,) = compounds.add_homes(where, names=[name], by=by)
    if Residency.objects.filter(user=residency.user, home=home, ended_at=None).exclude(pk=residency.pk).exists():
        raise Refusal(_("This person has this home already."), field="home_name", code="unique")
    return home


def _tell(residency: Residency, kind: str, **facts: str) -> None:
    """The person may stand nowhere yet, or elsewhere."""
    place = place_names([residency.area]).get(residency.area, "")
    facts_of_all = {"place": place, **facts}
    key = f"residency:{residency.pk}:{kind}"
    notices.tell_person(residency.user, kind, area=residency.area, key=key, facts=facts_of_all, url="/homes/")
