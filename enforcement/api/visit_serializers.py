"""What the API of joint visits takes and gives."""

from typing import Any

from rest_framework import serializers

from enforcement.actions.field import LONGEST_NAME as LONGEST_PARTY
from enforcement.actions.field import LONGEST_SPOT, LONGEST_TEXT, MOST_AT_ONCE
from enforcement.actions.visit_grounds import LONGEST_BODY, LONGEST_NAME, MOST_COMPANIONS
from enforcement.actions.visits import LONGEST_REASON, LONGEST_WORDS
from enforcement.finding_states import FindingState, Party
from enforcement.visit_states import (
    ChangeKind,
    CompanionRole,
    MemberState,
    Outcome,
    PresentRole,
    Result,
    VisitKind,
    VisitState,
)
from files.api import Upload
from tenancy.api.keyset import PageQuery
from tenancy.api.serializers import LARGEST_VERSION, Id, Place, Strict, Text, Version

MOST_BUREAUS = 20
MOST_MICRODEGREES = 180_000_000
LARGEST_ORDER = 2**31 - 1


class VisitsQuery(PageQuery):
    area = Place(required=False, help_text="A place of any level.")
    state = serializers.ChoiceField(choices=VisitState.choices, required=False)


class CompanionGiven(Strict):
    """Somebody who goes along and inspects nothing."""

    role = serializers.ChoiceField(choices=CompanionRole.choices)
    name = Text(longest=LONGEST_NAME)
    body = Text(longest=LONGEST_BODY, required=False, default="")


class VisitChange(Strict):
    """What is planned. `again` says why so soon after the visit before."""

    lead = Id(help_text="The organisation whose head approves it.")
    planned_on = serializers.DateField()
    reason = Text(longest=LONGEST_REASON)
    bureaus = serializers.ListField(child=Id(), max_length=MOST_BUREAUS)
    announced = serializers.BooleanField(required=False, default=True)
    again = Text(longest=LONGEST_REASON, required=False, default="")
    companions = serializers.ListField(child=CompanionGiven(), required=False, default=list, max_length=MOST_COMPANIONS)


class VisitPlanned(VisitChange):
    compound = Place()


class VisitReplanned(VisitChange):
    version = Version()


class RecheckPlanned(Strict):
    """What is looked at again, by whom and when."""

    findings = serializers.ListField(child=Text(longest=24), min_length=1, max_length=200, help_text="Their numbers.")
    lead = serializers.IntegerField(min_value=1, max_value=2**31 - 1, help_text="The office or bureau that leads it.")
    planned_on = serializers.DateField()
    reason = Text(longest=LONGEST_REASON)
    announced = serializers.BooleanField(required=False, default=True)


class VisitSeen(Strict):
    version = Version()


class VisitReason(VisitSeen):
    reason = Text(longest=LONGEST_REASON)


class OfficersNamed(VisitSeen):
    certificates = serializers.ListField(child=Id(), max_length=50)


class VisitSigned(VisitSeen):
    words = Text(longest=LONGEST_WORDS, required=False, default="")


class OfficerShown(serializers.Serializer[Any]):
    name = serializers.CharField()
    certificate = serializers.CharField()
    valid_until = serializers.DateField()


class MemberShown(serializers.Serializer[Any]):
    """A bureau in a visit; officers and words show to those who work with it."""

    organisation = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.ChoiceField(choices=MemberState.choices)
    reason = serializers.CharField(allow_blank=True)
    signed_at = serializers.DateTimeField(allow_null=True)
    words = serializers.CharField(allow_blank=True)
    officers = OfficerShown(many=True)


class LineShown(serializers.Serializer[Any]):
    """An item of the visit and what it turned out to be."""

    id = serializers.IntegerField()
    organisation = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    version = serializers.IntegerField()
    result = serializers.ChoiceField(choices=Result.choices)
    text = serializers.CharField(allow_blank=True)
    conflict = serializers.BooleanField()


class VisitShown(serializers.Serializer[Any]):
    number = serializers.CharField()
    compound = serializers.IntegerField(source="area")
    state = serializers.ChoiceField(choices=VisitState.choices)
    kind = serializers.ChoiceField(choices=VisitKind.choices)
    version = serializers.IntegerField()
    lead = serializers.IntegerField(source="lead_id")
    planned_on = serializers.DateField()
    announced = serializers.BooleanField()
    campaign = serializers.IntegerField(source="campaign_id", allow_null=True)
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class VisitFull(VisitShown):
    """With bureaus and items. `reason`, `again`, `why_not` and `risk` show to those who work with it."""

    reason = serializers.CharField(allow_blank=True)
    again = serializers.CharField(allow_blank=True)
    why_not = serializers.CharField(allow_blank=True)
    risk = serializers.IntegerField(allow_null=True)
    members = MemberShown(many=True)
    lines = LineShown(many=True)


class VisitsShown(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = VisitShown(many=True)


class RiskQuery(Strict):
    area = Place(required=False, help_text="A place of any level; all of the caller's without it.")


class RiskShown(serializers.Serializer[Any]):
    """What was counted in a compound, and the own measure of how much it needs a visit, from 0 to 100."""

    compound = serializers.IntegerField()
    name = serializers.CharField()
    score = serializers.IntegerField()
    open_tickets = serializers.IntegerField()
    urgent_tickets = serializers.IntegerField()
    open_findings = serializers.IntegerField()
    late_findings = serializers.IntegerField()
    late_projects = serializers.IntegerField()
    days_since = serializers.IntegerField(allow_null=True)
    visit = serializers.CharField(allow_null=True, help_text="The number of one that is being planned or made.")


class RisksShown(serializers.Serializer[Any]):
    results = RiskShown(many=True)


class ChangeSaid(Strict):
    """What is said: of a result `result` and `text`, of a finding the others, of the person present `role` and `name`."""

    result = serializers.ChoiceField(choices=Result.choices, required=False)
    text = Text(longest=LONGEST_TEXT, required=False)
    spot = Text(longest=LONGEST_SPOT, required=False)
    party = serializers.ChoiceField(choices=Party.choices, required=False)
    party_name = Text(longest=LONGEST_PARTY, required=False)
    building = Id(required=False, allow_null=True)
    role = serializers.ChoiceField(choices=PresentRole.choices, required=False)
    name = Text(longest=30, required=False)


class ChangeSent(Strict):
    """One thing said on a phone. `id` is made there: sending it again changes nothing."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=ChangeKind.choices)
    order = serializers.IntegerField(min_value=0, max_value=LARGEST_ORDER, help_text="Its place among what this phone said.")
    made_at = serializers.DateTimeField(help_text="By the clock of the phone.")
    line = Id(required=False, allow_null=True, default=None)
    based_on = serializers.IntegerField(
        min_value=0, max_value=LARGEST_VERSION, required=False, default=0, help_text="The version of the item that it knew."
    )
    said = ChangeSaid()


class ChangesSent(Strict):
    changes = serializers.ListField(child=ChangeSent(), min_length=1, max_length=MOST_AT_ONCE)


class ChangeTaken(serializers.Serializer[Any]):
    """What became of one change; `version`, `result` and `conflict` are the item's now."""

    id = serializers.UUIDField()
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    repeated = serializers.BooleanField()
    code = serializers.CharField(allow_blank=True)
    detail = serializers.CharField(allow_blank=True)
    line = serializers.IntegerField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)
    result = serializers.CharField(allow_null=True)
    conflict = serializers.BooleanField()


class ChangesTaken(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=VisitState.choices)
    version = serializers.IntegerField()
    results = ChangeTaken(many=True)


class FieldPhotoSent(Strict):
    """A photo, with the time and place the phone gave: degrees × 10⁶ (WGS 84), accuracy in whole metres."""

    id = serializers.UUIDField(help_text="Made on the phone: sending it again changes nothing.")
    photo = Upload()
    taken_at = serializers.DateTimeField()
    line = Id(required=False, allow_null=True, default=None)
    change = serializers.UUIDField(required=False, allow_null=True, default=None, help_text="The finding that it shows.")
    latitude = serializers.IntegerField(
        min_value=-MOST_MICRODEGREES // 2, max_value=MOST_MICRODEGREES // 2, required=False, allow_null=True, default=None
    )
    longitude = serializers.IntegerField(
        min_value=-MOST_MICRODEGREES, max_value=MOST_MICRODEGREES, required=False, allow_null=True, default=None
    )
    accuracy = serializers.IntegerField(min_value=0, max_value=100_000, required=False, allow_null=True, default=None)


class FieldPhotoKept(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    repeated = serializers.BooleanField()


class SheetBasis(serializers.Serializer[Any]):
    name = serializers.CharField()
    articles = serializers.CharField()


class SheetFinding(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.CharField()
    state = serializers.ChoiceField(choices=FindingState.choices)
    spot = serializers.CharField()
    text = serializers.CharField()
    party = serializers.ChoiceField(choices=Party.choices)


class SheetVersion(serializers.Serializer[Any]):
    """What one officer said of an item on which two differ."""

    by = serializers.CharField()
    made_at = serializers.DateTimeField()
    result = serializers.CharField()
    text = serializers.CharField(allow_blank=True)


class SheetLine(LineShown):
    """An item as it is checked: what counts as a violation, how, by which law of the day, and what was found so far."""

    violation = serializers.CharField()
    method = serializers.CharField()
    severity = serializers.CharField()
    on_spot = serializers.BooleanField()
    days = serializers.IntegerField()
    mine = serializers.BooleanField(help_text="Of the caller's bureau, which alone concludes it.")
    bases = SheetBasis(many=True)
    findings = SheetFinding(many=True)
    versions = SheetVersion(many=True, help_text="What each officer said last, where they differ; one of them is to be chosen.")


class SheetBureau(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class SheetBuilding(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class SheetShown(serializers.Serializer[Any]):
    """All that an officer needs on the spot without a signal."""

    number = serializers.CharField()
    state = serializers.ChoiceField(choices=VisitState.choices)
    version = serializers.IntegerField()
    place = serializers.CharField()
    planned_on = serializers.DateField()
    organisation = serializers.IntegerField(help_text="The caller's bureau.")
    officer = serializers.CharField()
    certificate = serializers.CharField()
    sample = serializers.BooleanField()
    present_role = serializers.CharField(allow_blank=True)
    present_name = serializers.CharField(allow_blank=True)
    buildings = SheetBuilding(many=True)
    bureaus = SheetBureau(many=True)
    lines = SheetLine(many=True)
