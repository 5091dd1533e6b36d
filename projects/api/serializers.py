"""What the API of projects takes and gives. Money is whole fen, quantity in units of the matter."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from files.api import Upload
from files.images import MAX_PHOTOS
from projects.actions.drafting import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    LONGEST_WORDS,
    MOST_FEN,
    MOST_MILESTONES,
    MOST_ORIGINS,
    MOST_QUOTES,
)
from projects.actions.plans import LONGEST_REVIEW
from projects.actions.step import LONGEST_REASON
from projects.actions.work import LONGEST_REPORT, LONGEST_SPOT
from projects.states import Ground, OriginKind, Outcome, PlanState, ProjectState, Side, Source, Stage, Use
from tenancy.api import keyset
from tenancy.api.serializers import Id, Place, Strict, Text, Version

MOST_QUANTITY = 10**6
A_SPOT_EACH = _("Give as many spots as photos, in the same order.")


class MatterShown(serializers.Serializer[Any]):
    """One of the ten matters (十件实事)."""

    code = serializers.CharField()
    name = serializers.CharField()
    problem = serializers.CharField()
    measure = serializers.CharField(help_text="What it is measured by.")
    unit = serializers.CharField()
    leaves = serializers.ListField(child=serializers.CharField(), help_text="Kinds of complaint that it answers.")
    provenance = serializers.CharField(help_text="seed, source, seed-derived or synthesised.")


class MattersShown(serializers.Serializer[Any]):
    results = MatterShown(many=True)


class MoneyShown(serializers.Serializer[Any]):
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]  # a field of ours
    amount_fen = serializers.IntegerField()


class QuoteShown(serializers.Serializer[Any]):
    supplier = serializers.CharField()
    amount_fen = serializers.IntegerField()
    chosen = serializers.BooleanField()


class MilestoneShown(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    name = serializers.CharField()
    weight = serializers.IntegerField()
    percent = serializers.IntegerField()


class OriginShown(serializers.Serializer[Any]):
    """What it grew from; the ticket's number only for whoever may see that ticket."""

    kind = serializers.ChoiceField(choices=OriginKind.choices)
    ticket = serializers.CharField(allow_null=True)
    words = serializers.CharField(allow_blank=True)


class EventShown(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    state = serializers.ChoiceField(choices=ProjectState.choices)
    version = serializers.IntegerField()
    text = serializers.CharField(allow_blank=True)


class ProjectPhotoShown(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    stage = serializers.ChoiceField(choices=Stage.choices)
    spot = serializers.CharField()


class ReportShown(serializers.Serializer[Any]):
    week = serializers.DateField(help_text="The Monday of the week.")
    percent = serializers.IntegerField()
    text = serializers.CharField()
    delay = serializers.CharField(allow_blank=True)


class ProjectBrief(serializers.Serializer[Any]):
    """A project as lists show it."""

    number = serializers.CharField()
    version = serializers.IntegerField(help_text="To be sent with each step; every change raises it.")
    state = serializers.ChoiceField(choices=ProjectState.choices)
    compound = serializers.IntegerField()
    matter = serializers.CharField(allow_null=True)
    title = serializers.CharField()
    progress = serializers.IntegerField(help_text="Percent, by weighted milestones.")
    ends_on = serializers.DateField(help_text="Promised by this day.")
    lead = serializers.CharField(help_text="Who carries it out.")
    budget_fen = serializers.IntegerField()


class ProjectFull(ProjectBrief):
    """A project with all that belongs to it. Quotes are shown to those who plan and watch, not to residents."""

    text = serializers.CharField()
    no_matter = serializers.CharField(allow_blank=True)
    building = serializers.CharField(allow_null=True)
    quantity = serializers.IntegerField()
    achieved = serializers.IntegerField(allow_null=True)
    livelihood = serializers.BooleanField()
    ground = serializers.ChoiceField(choices=Ground.choices)
    use = serializers.ChoiceField(choices=Use.choices)
    rank = serializers.IntegerField(help_text="Its priority; the higher comes first.")
    decision = serializers.CharField(allow_blank=True)
    decided_on = serializers.DateField(allow_null=True)
    round = serializers.IntegerField()
    yes = serializers.IntegerField(help_text="Homes that said yes in this round.")
    no = serializers.IntegerField()
    warranty_days = serializers.IntegerField()
    warranty_until = serializers.DateField(allow_null=True)
    funding = MoneyShown(many=True)
    quotes = QuoteShown(many=True)
    milestones = MilestoneShown(many=True)
    origins = OriginShown(many=True)
    photos = ProjectPhotoShown(many=True)
    reports = ReportShown(many=True)
    timeline = EventShown(many=True)
    actions = serializers.ListField(child=serializers.CharField(), help_text="What you may do to it now.")


class ProjectPage(serializers.Serializer[Any]):
    results = ProjectBrief(many=True)
    next = serializers.CharField(allow_null=True, help_text="Path and query of the next page.")
    previous = serializers.CharField(allow_null=True)


class ProjectQuery(keyset.PageQuery):
    compound = Place(required=False)
    state = serializers.ChoiceField(required=False, choices=ProjectState.choices)
    matter = serializers.RegexField("^P[0-9]{2}$", required=False)


class MoneyGiven(Strict):
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]  # a field of ours
    amount_fen = serializers.IntegerField(min_value=1, max_value=MOST_FEN)


class QuoteGiven(Strict):
    supplier = Text(longest=80)
    amount_fen = serializers.IntegerField(min_value=1, max_value=MOST_FEN)
    chosen = serializers.BooleanField(required=False, default=False)


class MilestoneGiven(Strict):
    name = Text(longest=60)
    weight = serializers.IntegerField(min_value=1, max_value=100)


class OriginGiven(Strict):
    kind = serializers.ChoiceField(choices=[each for each in OriginKind.choices if each[0] != OriginKind.TICKET])
    words = Text(longest=LONGEST_WORDS)


class DraftGiven(Strict):
    """All that is said of a project."""

    title = Text(longest=LONGEST_TITLE)
    text = Text(longest=LONGEST_TEXT)
    ends_on = serializers.DateField(help_text="Promised by this day, at most a year ahead.")
    lead = Id(help_text="The organisation that carries it out.")
    matter = serializers.RegexField("^P[0-9]{2}$", required=False, default="", allow_blank=True)
    no_matter = Text(longest=200, required=False, default="", help_text="Why it belongs to none of the ten matters.")
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_QUANTITY, required=False, default=1)
    building = Id(required=False, allow_null=True, default=None)
    livelihood = serializers.BooleanField(required=False, default=True)
    ground = serializers.ChoiceField(choices=Ground.choices, required=False, default=Ground.ABOVE)
    use = serializers.ChoiceField(choices=Use.choices, required=False, default=Use.FUNCTION)
    tickets = serializers.ListField(
        child=serializers.RegexField("^[0-9]{9}-[0-9]{4}-[0-9]{8}$"), required=False, default=list, max_length=MOST_ORIGINS
    )
    origins = OriginGiven(many=True, required=False, default=list)
    funding = MoneyGiven(many=True, required=False, default=list)
    quotes = serializers.ListField(child=QuoteGiven(), required=False, default=list, max_length=MOST_QUOTES)
    milestones = serializers.ListField(child=MilestoneGiven(), required=False, default=list, max_length=MOST_MILESTONES)
    decision = Text(longest=LONGEST_WORDS, required=False, default="")
    decided_on = serializers.DateField(required=False, allow_null=True, default=None)
    warranty_days = serializers.IntegerField(min_value=0, max_value=3650, required=False, default=0)


class ProjectDrafted(DraftGiven):
    compound = Place()


class SeenProject(Strict):
    version = Version(help_text="The version of the project that was looked at.")


class Redrafted(DraftGiven):
    version = Version(help_text="The version of the project that was looked at.")


class ProjectReasoned(SeenProject):
    text = Text(longest=LONGEST_REASON)


class ProjectMaybeWorded(SeenProject):
    text = Text(longest=LONGEST_REASON, required=False, default="")


class Said(ProjectMaybeWorded):
    good = serializers.BooleanField(help_text="A no says why in `text`.")


class Photographed(SeenProject):
    """Photos and, for each, the spot it was taken from."""

    photos = serializers.ListField(child=Upload(), required=False, default=list, max_length=MAX_PHOTOS)
    spots = serializers.ListField(child=Text(longest=LONGEST_SPOT), required=False, default=list, max_length=MAX_PHOTOS)


class PercentGiven(Strict):
    position = serializers.IntegerField(min_value=1, max_value=MOST_MILESTONES)
    percent = serializers.IntegerField(min_value=0, max_value=100)


class Reported(SeenProject):
    text = Text(longest=LONGEST_REPORT)
    percents = PercentGiven(many=True, required=False, default=list)
    delay = Text(longest=LONGEST_REASON, required=False, default="")


class DeliveredGiven(Photographed):
    text = Text(longest=LONGEST_REPORT)
    achieved = serializers.IntegerField(min_value=0, max_value=MOST_QUANTITY)


class ItemShown(serializers.Serializer[Any]):
    project = ProjectBrief()
    carried = serializers.BooleanField(help_text="It came over from the month before.")
    outcome = serializers.ChoiceField(choices=Outcome.choices, allow_blank=True)
    reason = serializers.CharField(allow_blank=True)


class PlanBrief(serializers.Serializer[Any]):
    compound = serializers.IntegerField()
    month = serializers.CharField(help_text="Such as 2026-11.")
    version = serializers.IntegerField()
    state = serializers.ChoiceField(choices=PlanState.choices)


class PlanFull(PlanBrief):
    """A month's plan with its projects, in the order in which they were taken in."""

    fewer = serializers.CharField(allow_blank=True)
    remark = serializers.CharField(allow_blank=True)
    review = serializers.CharField(allow_blank=True)
    agreed = serializers.ListField(child=serializers.ChoiceField(choices=Side.choices))
    needed = serializers.ListField(child=serializers.ChoiceField(choices=Side.choices))
    items = ItemShown(many=True)
    actions = serializers.ListField(child=serializers.CharField(), help_text="What you may do to it now.")


class PlansShown(serializers.Serializer[Any]):
    results = PlanBrief(many=True)


class MonthGiven(Strict):
    month = serializers.RegexField("^2[0-9]{3}-(0[1-9]|1[0-2])$")


class SeenPlan(Strict):
    version = Version(help_text="The version of the plan that was looked at.")


class PlanProject(SeenPlan):
    project = serializers.RegexField("^P[0-9]{9}-[0-9]{4}-[0-9]{6}$")


class PlanProposed(SeenPlan):
    fewer = Text(longest=LONGEST_REASON, required=False, default="", help_text="Why it holds fewer than three projects.")


class PlanReasoned(SeenPlan):
    text = Text(longest=LONGEST_REASON)


class CarryReason(Strict):
    project = serializers.RegexField("^P[0-9]{9}-[0-9]{4}-[0-9]{6}$")
    reason = Text(longest=LONGEST_REASON)


class PlanClosed(SeenPlan):
    review = Text(longest=LONGEST_REVIEW)
    reasons = CarryReason(many=True, required=False, default=list, help_text="Why each project that has not landed goes on.")


class MonthFiguresShown(serializers.Serializer[Any]):
    """A place's month."""

    area = serializers.IntegerField()
    month = serializers.CharField()
    planned = serializers.IntegerField()
    landed = serializers.IntegerField()
    late = serializers.IntegerField()
    silent = serializers.IntegerField()
    budget_fen = serializers.IntegerField()
    landed_tenths_of_percent = serializers.IntegerField(help_text="893 reads as 89.3 %.")


class FiguresQuery(Strict):
    area = Place(help_text="A compound, neighbourhood, street or county.")
    month = serializers.RegexField("^2[0-9]{3}-(0[1-9]|1[0-2])$")


class SpotShown(serializers.Serializer[Any]):
    matter = MatterShown()
    complaints = serializers.IntegerField(help_text="Of the last 90 days, without those that a project answers already.")
    open = serializers.IntegerField()
    unsatisfied = serializers.IntegerField()
    tickets = serializers.ListField(child=serializers.CharField())


class SpotsShown(serializers.Serializer[Any]):
    results = SpotShown(many=True)
