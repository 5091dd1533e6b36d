"""Accounts, organisations, appointments and grants."""

from datetime import date

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from people import queries
from people.actors import Actor
from people.models import Appointment, AreaGrant, Organisation, User
from people.permissions import are_separate, may_appoint, may_found_organisation
from people.roles import COUNTY_DESK, OF_AN_ORGANISATION, Role
from tenancy import areas, clock
from tenancy.actions import sort_key
from tenancy.refusals import NotAllowed, NotThere, Refusal
from tenancy.text import clean


@transaction.atomic
def open_account(
    *,
    username: str,
    name: str,
    by: Actor,
    password: str | None = None,
    phone: str | None = None,
    email: str = "",
    language: str = "zh-hans",
) -> User:
    """Make an account. Without a password nobody can sign in to it yet. Raises Refusal on a name or phone already taken."""
    username = clean(username, field="username", longest=60)
    name = clean(name, field="name", longest=60)
    if User.objects.filter(username__iexact=username).exists():
        raise Refusal(_("This user name is taken. Choose another."), field="username", code="unique")
    if phone and User.objects.filter(phone=phone).exists():
        raise Refusal(_("This phone number already belongs to an account."), field="phone", code="unique")
    user = User(username=username, name=name, phone=phone or None, email=email, language=language, opened_by_id=by.id)
    user.set_password(password)
    user.save(force_insert=True)
    audit.record(user, "account.opened", by=by, area=audit.INSTALLATION, after={"username": username})
    return user


@transaction.atomic
def found_organisation(
    *, name: str, kind: str, area: int, by: Actor, name_en: str = "", phone: str = "", invented: bool = False
) -> Organisation:
    """Put an organisation on record for a place. Raises NotAllowed; Refusal when the place has one of this name."""
    if not may_found_organisation(by, area):
        raise NotAllowed
    areas.level_of(area)
    name = clean(name, field="name", longest=100)
    if Organisation.objects.filter(name=name, area=area).exists():
        raise Refusal(_("This place already has an organisation of this name."), field="name", code="unique")
    organisation = Organisation.objects.create(
        name=name,
        name_en=name_en,
        kind_id=kind,
        area=area,
        phone=phone,
        pinyin=sort_key(name),
        invented=invented,
    )
    audit.record(organisation, "organisation.founded", by=by, area=area, after={"name": name, "area": area})
    return organisation


@transaction.atomic
def appoint(
    user: User,
    role: Role,
    *,
    area: int,
    by: Actor,
    organisation: Organisation | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Appointment:
    """任职. Raises NotAllowed unless `by` may appoint there; Refusal when the role needs an organisation and has none.

    NotThere for an account or an organisation that `by` may not know of; Refusal when the person would hold posts that must
    be separate.
    """
    if not may_appoint(by, role, area) or user.pk == by.id:
        raise NotAllowed
    areas.level_of(area)
    user = User.objects.select_for_update().get(pk=user.pk)  # two appointments at once must see each other
    _require_known(by, user, organisation)
    if role in OF_AN_ORGANISATION and organisation is None:
        raise Refusal(_("This role acts for an organisation. Choose one."), field="organisation", code="required")
    if role == Role.COUNTY_CLERK:
        _require_county_desk(area, organisation)
    first = starts_on or timezone.localdate()
    if ends_on is not None and ends_on < first:
        raise Refusal(_("The last day comes before the first."), field="ends_on")
    held = frozenset(Role(held) for held in live_or_coming(user).values_list("role", flat=True))
    if not are_separate(held, role):
        raise Refusal(_("An administrator's post and another staff post must not be in one hand."), field="role")
    appointment = Appointment.objects.create(
        user=user, role=role, organisation=organisation, area=area, starts_on=first, ends_on=ends_on, made_by_id=by.id
    )
    audit.record(appointment, "appointment.made", by=by, area=area, after={"user": user.pk, "role": role, "area": area})
    return appointment


def _require_county_desk(area: int, organisation: Organisation | None) -> None:
    """The county's desk (受理中心) is one body for one whole county (own rule)."""
    if areas.level_of(area) != areas.Level.COUNTY:
        raise Refusal(_("A county desk clerk is appointed for a whole county. Name the county."), field="area")
    if organisation is None or organisation.kind_id != COUNTY_DESK or organisation.area != area:
        raise Refusal(_("Choose the complaints centre (受理中心) of this county."), field="organisation")


def live_or_coming(user: User) -> QuerySet[Appointment]:
    """What the person holds or is about to hold."""
    return Appointment.objects.filter(Q(ends_on=None) | Q(ends_on__gte=timezone.localdate()), user=user, revoked_at=None)


def _require_known(by: Actor, user: User, organisation: Organisation | None) -> None:
    if by.is_system:
        return
    if not queries.accounts_of(by).filter(pk=user.pk).exists():
        raise NotThere
    if organisation is not None and not queries.organisations_of(by).filter(pk=organisation.pk).exists():
        raise NotThere


@transaction.atomic
def revoke(appointment_id: int, *, by: Actor) -> Appointment:
    """End an appointment now: it is gone with the person's next request. Raises NotThere, NotAllowed."""
    appointment = Appointment.objects.select_for_update(of=("self",)).select_related("user").filter(pk=appointment_id).first()
    if appointment is None:
        raise NotThere
    if not may_appoint(by, Role(appointment.role), appointment.area):
        raise NotThere
    if appointment.user_id == by.id:
        raise NotAllowed
    if appointment.revoked_at is None:
        appointment.revoked_at, appointment.revoked_by_id = clock.now(), by.id
        appointment.save(update_fields=["revoked_at", "revoked_by"])
        audit.record(appointment, "appointment.revoked", by=by, area=appointment.area, before={"user": appointment.user_id})
    return appointment


@transaction.atomic
def grant(user: User, codename: str, *, area: int, by: Actor, until: date | None = None) -> AreaGrant:
    """Give one person sight of (`watch_area`) or work in (`serve_area`) one place. Raises NotAllowed."""
    if not may_appoint(by, Role.SUPERVISOR, area) or user.pk == by.id:
        raise NotAllowed
    _require_known(by, user, None)
    permission = Permission.objects.get(content_type__app_label="tenancy", codename=codename)
    given: AreaGrant
    given, _made = AreaGrant.objects.update_or_create(
        user=user, permission=permission, content_object_id=area, defaults={"until": until, "granted_by_id": by.id}
    )
    audit.record(given, "grant.given", by=by, area=area, after={"user": user.pk, "what": codename, "area": area})
    return given


@transaction.atomic
def take_back(grant_id: int, *, by: Actor) -> None:
    """Take a grant back. Raises NotThere."""
    given = AreaGrant.objects.filter(pk=grant_id).select_related("permission").first()
    if given is None or not may_appoint(by, Role.SUPERVISOR, given.content_object_id):
        raise NotThere
    audit.record(
        given,
        "grant.taken_back",
        by=by,
        area=given.content_object_id,
        before={"user": given.user_id, "what": given.permission.codename, "area": given.content_object_id},
    )
    given.delete()
