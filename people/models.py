"""Users, organisations, appointments (任职) and grants: the tables that say who may stand where; and when offices are open.

They are reference tables: a person's scope is worked out from them, so they cannot themselves hang on a scope. Pages show
them only through `people.queries`, which limits them to the administrator's own places.
"""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from people.roles import Role
from tenancy.models import Area
from tenancy.scoped import ReferenceModel


class UserKind(models.TextChoices):
    PERSON = "person", _("person")
    SYSTEM = "system", _("the system")
    VISITOR = "visitor", _("somebody without an account")


class UserQuerySet(BaseUserManager["User"]):
    """Accounts by user name."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username or "")


class User(ReferenceModel, AbstractBaseUser):
    """An account. Two accounts are no persons: the system, and the visitor who files without an account."""

    username = models.CharField(_("user name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=60)
    phone = models.CharField(_("phone"), max_length=20, null=True, blank=True, unique=True)
    email = models.EmailField(_("e-mail"), blank=True)
    kind = models.CharField(max_length=10, choices=UserKind.choices, default=UserKind.PERSON, editable=False)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(db_default=Now(), editable=False)
    must_change_password = models.BooleanField(default=False, db_default=False, editable=False)
    opened_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", editable=False)

    objects = UserQuerySet()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    is_superuser = False
    is_staff = False

    class Meta:
        constraints = [models.UniqueConstraint(models.functions.Lower("username"), name="people_user_name_any_case")]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def label(self) -> str:
        return str(self)

    def get_full_name(self) -> str:
        return self.name

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Django's own permissions are not used: rules live in each app's `permissions`."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


def anonymous_user_instance(user_class: type[User]) -> User:
    """What guardian would make for visitors, were it asked to; Mulin switches that off."""
    return user_class(username="guardian-anonymous", is_active=False)


class OrganisationKind(ReferenceModel):
    """A kind of organisation: property firm, street office, a line of bureaus, a utility… (catalogue: departments)."""

    code = models.CharField(max_length=10, primary_key=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100)
    family = models.CharField(max_length=20, help_text="enterprise, owners_org, party_org, grassroots, government…")
    provenance = models.CharField(max_length=20)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Organisation(ReferenceModel):
    """A body that can answer for something: firm, street office, bureau, squad, owners' committee, utility…"""

    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=160, blank=True)
    kind = models.ForeignKey(OrganisationKind, on_delete=models.PROTECT, related_name="organisations")
    area = models.BigIntegerField(help_text="The place it answers for, and all under it; for a firm, where it is at home.")
    phone = models.CharField(max_length=40, blank=True)
    pinyin = models.CharField(max_length=200, blank=True)
    active = models.BooleanField(default=True)
    invented = models.BooleanField(default=False, help_text="Sample data, not a real organisation.")

    class Meta:
        indexes = [models.Index(fields=["kind", "area"], name="people_organisation_place")]
        constraints = [models.UniqueConstraint(fields=["name", "area"], name="people_organisation_once")]

    def __str__(self) -> str:
        return self.name


class Appointment(ReferenceModel):
    """任职: who holds which role, for which organisation, where, from when until when."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=24, choices=Role.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="appointments")
    area = models.BigIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="Last day of the appointment; empty: until revoked.")
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["user"], condition=models.Q(revoked_at=None), name="people_appointment_live"),
            models.Index(fields=["organisation", "role"], name="people_appointment_org"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | models.Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="people_appointment_revoked_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class AreaGrant(UserObjectPermissionBase):
    """A grant given by a person to a person for one place, which can be taken back (guardian, direct foreign key).

    `watch_area`: an official bound to a compound (挂钩) may read it. `serve_area`: somebody of a property firm may act there.
    Nothing that follows from a role is a grant.
    """

    id = models.BigAutoField(primary_key=True)
    content_object = models.ForeignKey(Area, on_delete=models.CASCADE)
    until = models.DateField(null=True, blank=True)
    granted_at = models.DateTimeField(db_default=Now(), editable=False)
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "permission", "content_object"], name="people_grant_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.permission.codename} · {self.content_object}"


class OfficeCalendar(ReferenceModel):
    """工作日历: one version of a county's working calendar. A row is never changed; a change is a new version.

    Deadlines name the version they were counted by, so every version stays. A county without any has version 0: the State
    Council's notices and the default hours (`tenancy.calendar.WorkingCalendar`).
    """

    area = models.BigIntegerField(help_text="The county.")
    version = models.PositiveIntegerField()
    hours = models.JSONField(help_text='Spans of a working day: [["08:30", "12:00"], ["14:30", "17:30"]].')
    days = models.JSONField(help_text='Own days: {"2026-07-28": {"worked": false, "note": "台风"}}.')
    source = models.CharField(max_length=300, help_text="Where hours and own days come from, in words.")
    published_at = models.DateTimeField(db_default=Now(), editable=False)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    told_at = models.DateTimeField(null=True, editable=False, help_text="When offices were told of it; empty: still to be told.")

    class Meta:
        ordering = ["area", "-version"]
        indexes = [models.Index(fields=["id"], condition=models.Q(told_at=None), name="people_calendar_to_tell")]
        constraints = [
            models.UniqueConstraint(fields=["area", "version"], name="people_calendar_version_once"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="people_calendar_version_from_one"),
        ]
        triggers = [
            # The place may change (re-coding carries calendars along), and offices are told later; nothing else changes.
            pgtrigger.ReadOnly(name="never_changed", exclude=["area", "told_at"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.area} v{self.version}"
