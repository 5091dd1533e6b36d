"""What is asked and what is answered about tickets. No rules here: those are the actions'."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from complaints.actions import assists
from complaints.actions.extensions import MOST_DAYS
from complaints.actions.filing import LONGEST_SPOT, LONGEST_TEXT
from complaints.actions.splitting import MOST_PARTS
from complaints.actions.step import LONGEST_REASON
from complaints.actions.tickets import LONGEST_ANSWER
from complaints.catalogue import Catalogue
from complaints.clocks import Clock, Mark, Party, Unit
from complaints.deadlines import ASSIST_DAYS
from complaints.queries import QUEUES
from complaints.rating_reasons import reasons
from complaints.rating_states import Manner, Result, SecondLevel
from complaints.states import AssistState, Channel, EventKind, PhotoKind, ReturnReason, State
from files.api import Upload
from files.images import MAX_PHOTOS
from tenancy.api.keyset import PageQuery
from tenancy.api.serializers import Id, Place, Strict, Text, Version

CLOCK_STATES = [(kind, kind) for kind in ("on_time", "soon", "late", "met", "missed", "paused")]
FILING_CHANNELS = [(channel.value, channel.label) for channel in (Channel.API, Channel.PATROL, Channel.PHONE)]


def known_leaf(code: str) -> None:
    """Raises ValidationError for a code that the catalogue does not have."""
    if code not in {leaf.code for leaf in Catalogue.load().leaves}:
        raise serializers.ValidationError(_("This code is not in the catalogue."), code="not_found")


class TicketQuery(PageQuery):
    """Filters of the list; together they narrow."""

    state = serializers.ChoiceField(choices=State.choices, required=False)
    queue = serializers.ChoiceField(choices=sorted(QUEUES), required=False, help_text="A named selection of the workbench.")
    compound = Place(required=False)
    leaf = serializers.RegexField("^[0-9]{4}$", required=False, validators=[known_leaf], help_text="Code of a catalogue leaf.")
    late = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="true: past the next due time; false: not."
    )
    mine = serializers.BooleanField(required=False, default=False, help_text="Only what the caller reported.")


class Filing(Strict):
    """A complaint to file."""

    compound = Place(help_text="15-digit place code of the compound.")
    text = Text(longest=LONGEST_TEXT, help_text="What is the matter, at most 2000 characters.")
    building = Id(required=False, allow_null=True, default=None)
    home = Id(required=False, allow_null=True, default=None)
    spot = Text(longest=LONGEST_SPOT, required=False, default="", help_text="Where exactly, at most 120 characters.")
    anonymous = serializers.BooleanField(required=False, default=False)
    confidential = serializers.BooleanField(required=False, default=False)
    channel = serializers.ChoiceField(
        choices=FILING_CHANNELS, required=False, default=Channel.API.value, help_text="`phone`: a clerk files for a caller."
    )
    reporter_name = Text(longest=60, required=False, default="", help_text="For a caller; else the account's own name counts.")
    reporter_phone = Text(longest=20, required=False, default="")


class FilingWithPhotos(Filing):
    """A complaint to file, with up to nine photos (JPEG, PNG, WebP or HEIC, 10 MB each) as parts named `photos`."""

    photos = serializers.ListField(child=Upload(), required=False, default=list, max_length=MAX_PHOTOS)


class Seen(Strict):
    """The version of the ticket that the decision rests on."""

    version = Version(help_text="As last read; another one is refused with 409.")


class Reasoned(Seen):
    text = Text(longest=LONGEST_REASON, help_text="The reason, at most 500 characters.")


class Returned(Reasoned):
    reason = serializers.ChoiceField(choices=ReturnReason.choices, required=False, default=ReturnReason.NOT_OURS.value)


class Arbitrated(Reasoned):
    organisation = Id(help_text="Who leads: one of `GET tickets/{number}/organisations/`.")


class Worded(Seen):
    text = Text(longest=LONGEST_REASON, help_text="At most 500 characters.")


class MaybeWorded(Seen):
    text = Text(longest=LONGEST_REASON, required=False, default="", help_text="At most 500 characters.")


class ExtensionAsked(Reasoned):
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, help_text="Working days from the present deadline.")


class Recategorised(Seen):
    leaf = serializers.RegexField("^[0-9]{4}$", help_text="What it is about instead: a code of the catalogue.")
    text = Text(longest=LONGEST_REASON, required=False, default="")


class Resolved(Seen):
    text = Text(longest=LONGEST_ANSWER, help_text="What was done, at most 2000 characters; the reporter reads it.")


class ResolvedWithPhotos(Resolved):
    photos = serializers.ListField(child=Upload(), required=False, default=list, max_length=MAX_PHOTOS)


class Dispatched(Seen):
    leaf = serializers.RegexField("^[0-9]{4}$", help_text="What it is about: a code of the catalogue.")
    organisation = Id(help_text="Who leads: one of `GET tickets/{number}/organisations/`.")
    text = Text(longest=LONGEST_REASON, required=False, default="")


class TicketPublished(Seen):
    text = Text(longest=LONGEST_TEXT, help_text="All that neighbours will read, at most 2000 characters: name nobody in it.")


class AssistAsked(Seen):
    organisation = Id(help_text="Whom to ask: one of `GET tickets/{number}/organisations/`, not the lead.")
    text = Text(longest=LONGEST_REASON, help_text="What is asked of it, at most 500 characters.")
    required = serializers.BooleanField(  # type: ignore[assignment]  # the name is the domain's; DRF keeps fields apart
        required=False, default=False, help_text="The lead cannot answer before it has."
    )
    days = serializers.IntegerField(
        min_value=1, max_value=assists.MOST_DAYS, required=False, default=ASSIST_DAYS, help_text="Working days for its part."
    )


class PartAsked(Strict):
    """One part of a ticket that is divided."""

    leaf = serializers.CharField(max_length=8)
    organisation = Id(help_text="Who leads the part: one of `GET tickets/{number}/organisations/`.")
    text = Text(longest=LONGEST_TEXT, help_text="What the part is, at most 2000 characters.")


class Divided(Worded):
    parts = serializers.ListField(child=PartAsked(), min_length=1, max_length=MOST_PARTS)


class Merged(Seen):
    into = Text(longest=32, help_text="Number of the main ticket, of the same compound.")


class AssistAnswered(Seen):
    assist = Id(help_text="`id` of one of the ticket's `assists`.")
    text = Text(longest=LONGEST_ANSWER, help_text="What it found or did, at most 2000 characters; the lead reads it.")


class AssistEnded(Reasoned):
    assist = Id(help_text="`id` of one of the ticket's `assists`.")


class Rated(Seen):
    """`result` and `manner`; or `satisfied` and `score` in their place, as was asked at first."""

    result = serializers.ChoiceField(choices=Result.choices, required=False, help_text="Is it put right?")
    manner = serializers.ChoiceField(choices=Manner.choices, required=False, help_text="How was it done?")
    reasons = serializers.ListField(
        child=serializers.ChoiceField(choices=sorted(reasons())),
        required=False,
        default=list,
        max_length=20,
        help_text="Standard reasons; those that do not go with result and manner are left out.",
    )
    satisfied = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="In place of `result`: is it put right?"
    )
    score = serializers.IntegerField(
        min_value=1, max_value=5, required=False, allow_null=True, default=None, help_text="In place of `manner`."
    )
    text = Text(longest=LONGEST_REASON, required=False, default="")


class Revealed(Strict):
    version = Version(required=False, help_text="Not needed: looking changes nothing.")


class Named(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class LeafNamed(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()


class TicketBrief(serializers.Serializer[Any]):
    """A ticket in a list."""

    number = serializers.CharField()
    url = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)
    version = serializers.IntegerField()
    text = serializers.CharField(help_text="Personal data in it is masked with ＊ for whoever does not handle it.")
    abusive = serializers.BooleanField(help_text="The text holds insults: show it folded.")
    masked = serializers.BooleanField(help_text="Something of what people wrote is masked for the caller.")
    compound = serializers.IntegerField(help_text="15-digit place code.")
    compound_name = serializers.CharField()
    building = Named(allow_null=True)
    spot = serializers.CharField()
    channel = serializers.ChoiceField(choices=Channel.choices)
    filed_at = serializers.DateTimeField()
    leaf = LeafNamed(allow_null=True)
    urgency = serializers.CharField(allow_null=True)
    emergency = serializers.BooleanField()
    lead = Named(allow_null=True, help_text="The organisation responsible.")
    sort_due_at = serializers.DateTimeField(allow_null=True)
    accept_due_at = serializers.DateTimeField(allow_null=True)
    resolve_due_at = serializers.DateTimeField(allow_null=True, help_text="Null while the clock stands still: see `paused_at`.")
    paused_at = serializers.DateTimeField(allow_null=True, help_text="Since when the reporter is waited for.")


class TicketPage(serializers.Serializer[Any]):
    results = TicketBrief(many=True)
    next = serializers.CharField(allow_null=True, help_text="Path and query of the next (older) page.")
    previous = serializers.CharField(allow_null=True, help_text="Path and query of the previous (newer) page.")


class EmergencyLine(serializers.Serializer[Any]):
    number = serializers.CharField()
    whose = serializers.CharField()


class AssistShown(serializers.Serializer[Any]):
    """An organisation asked to help (协办). What was asked and answered, and `id`, are for staff."""

    id = serializers.IntegerField(allow_null=True)
    organisation = Named()
    state = serializers.ChoiceField(choices=[AssistState.OPEN, AssistState.ANSWERED])
    required = serializers.BooleanField(  # type: ignore[assignment]  # as above
        help_text="While open it holds up the answer of the lead."
    )
    resolve_due_at = serializers.DateTimeField(allow_null=True)
    asked = serializers.CharField()
    answer = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)
    answered_by = serializers.CharField(allow_null=True)


class Reporter(serializers.Serializer[Any]):
    """Who filed it, as far as the caller may see; masked for staff, hidden where the reporter asked for it."""

    name = serializers.CharField()
    phone = serializers.CharField()
    hidden = serializers.BooleanField()


class Rating(serializers.Serializer[Any]):
    satisfied = serializers.BooleanField(help_text="It is put right; partly is not.")
    score = serializers.IntegerField()
    result = serializers.ChoiceField(choices=Result.choices)
    manner = serializers.ChoiceField(choices=Manner.choices)
    reasons = serializers.ListField(child=serializers.CharField())
    text = serializers.CharField()
    abusive = serializers.BooleanField(help_text="The text holds insults: show it folded.")
    rated_at = serializers.DateTimeField()


class SecondHandling(serializers.Serializer[Any]):
    """二次办理: it was rated as not put right, and went to the next level up."""

    since = serializers.DateTimeField()
    organisation_before = Named(help_text="Who led before.")
    level = serializers.ChoiceField(choices=SecondLevel.choices, help_text="Who answers now.")


class ExtensionShown(serializers.Serializer[Any]):
    """延期 that waits for the dispatcher."""

    days = serializers.IntegerField(help_text="Working days.")
    reason = serializers.CharField()
    asked_at = serializers.DateTimeField()
    asked_by = serializers.CharField()
    until = serializers.DateTimeField(allow_null=True, help_text="When the answer would be due.")


class ClockShown(serializers.Serializer[Any]):
    """A clock that means something now."""

    clock = serializers.ChoiceField(choices=Clock.choices)
    state = serializers.ChoiceField(choices=CLOCK_STATES)
    due_at = serializers.DateTimeField(allow_null=True, help_text="Null while it stands still.")
    paused_at = serializers.DateTimeField(allow_null=True)


class ChargeShown(serializers.Serializer[Any]):
    """Whose time it was. Every minute is charged to one party."""

    party = serializers.ChoiceField(choices=Party.choices)
    organisation = Named(allow_null=True)
    working_minutes = serializers.IntegerField()
    wall_minutes = serializers.IntegerField()


class ClockLineShown(serializers.Serializer[Any]):
    """A line of the ledger; all deadlines can be counted from these."""

    at = serializers.DateTimeField()
    clock = serializers.ChoiceField(choices=Clock.choices)
    mark = serializers.ChoiceField(choices=Mark.choices)
    party = serializers.ChoiceField(choices=Party.choices, allow_null=True)
    organisation = Named(allow_null=True)
    amount = serializers.IntegerField(allow_null=True)
    unit = serializers.ChoiceField(choices=Unit.choices, allow_null=True)
    calendar = serializers.IntegerField(help_text="Key of the county's calendar; 0 is the usual one.")
    by = serializers.CharField(allow_null=True, help_text="Null for the reporter.")
    reason = serializers.CharField()


class ClocksShown(serializers.Serializer[Any]):
    clocks = ClockShown(many=True)
    charges = ChargeShown(many=True)
    ledger = ClockLineShown(many=True)


class Event(serializers.Serializer[Any]):
    """A line of the timeline. `by` is shown to staff only, and never for what the reporter did."""

    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=EventKind.choices)
    by = serializers.CharField(allow_null=True)
    by_reporter = serializers.BooleanField()
    organisation = Named(allow_null=True)
    old_state = serializers.ChoiceField(choices=State.choices, allow_null=True)
    new_state = serializers.ChoiceField(choices=State.choices)
    version = serializers.IntegerField()
    text = serializers.CharField()
    abusive = serializers.BooleanField(help_text="The text holds insults: show it folded.")


class PhotoShown(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=PhotoKind.choices)
    url = serializers.CharField()
    small_url = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class PartShown(serializers.Serializer[Any]):
    """One part of a divided ticket."""

    number = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)
    lead = Named(allow_null=True)
    resolve_due_at = serializers.DateTimeField(allow_null=True)


class TicketFull(TicketBrief):
    """A ticket with all that the caller may know of it."""

    home = Named(allow_null=True, help_text="Shown to the reporter, and to staff unless the reporter's name is kept back.")
    anonymous = serializers.BooleanField()
    confidential = serializers.BooleanField()
    public = serializers.BooleanField(help_text="Whether the residents of the compound may read `public_text`.")
    public_text = serializers.CharField(help_text="All that neighbours read of it: for them it is the `text`.")
    emergency_lines = EmergencyLine(many=True, help_text="Whom to call at once; empty where there is no emergency.")
    assists = AssistShown(many=True)
    whole = serializers.CharField(allow_null=True, help_text="The number of the ticket that this is a part of.")
    parts = PartShown(many=True)
    merged_into = serializers.CharField(allow_null=True, help_text="Number of the ticket that it is worked on with; for staff.")
    merged = serializers.ListField(
        child=serializers.CharField(), help_text="Numbers of the tickets that are worked on together with this one; for staff."
    )
    dispatched_at = serializers.DateTimeField(allow_null=True)
    contact_due_at = serializers.DateTimeField(allow_null=True)
    onsite_due_at = serializers.DateTimeField(allow_null=True)
    accepted_at = serializers.DateTimeField(allow_null=True)
    accepted_by = serializers.CharField(allow_null=True, help_text="For staff.")
    resolved_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField()
    question = serializers.CharField(help_text="What the reporter was asked and has not answered; not for neighbours.")
    extension = ExtensionShown(allow_null=True, help_text="More time that was asked for and is not decided; for staff.")
    returns = serializers.IntegerField(allow_null=True, help_text="How often it was returned; for staff.")
    arbitrated = serializers.BooleanField(allow_null=True, help_text="The county desk has decided who leads; for staff.")
    supervised_at = serializers.DateTimeField(allow_null=True, help_text="For staff.")
    rating = Rating(allow_null=True)
    second_handling = SecondHandling(allow_null=True)
    reporter = Reporter()
    why_here = serializers.DictField(allow_null=True, help_text="Words, rule and responsibility record that decided; for staff.")
    also = LeafNamed(many=True, help_text="What else the text is about: it may have to be divided. For staff.")
    timeline = Event(many=True)
    photos = PhotoShown(many=True)
    possible_actions = serializers.ListField(
        child=serializers.CharField(), help_text="Steps that the caller may take now: the last part of their address."
    )


class TicketFiled(TicketFull):
    """The ticket just filed."""

    tracking_code = serializers.CharField(
        allow_null=True, help_text="With the number it opens the ticket without an account. Shown only here."
    )


class OrganisationChoice(Named):
    kind = serializers.CharField()
    phone = serializers.CharField()


class OrganisationChoices(serializers.Serializer[Any]):
    results = OrganisationChoice(many=True)


class LeafShown(serializers.Serializer[Any]):
    """What a complaint can be about."""

    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()
    category = LeafNamed()
    description = serializers.CharField()
    lead = serializers.CharField(help_text="Kind of organisation that leads.")
    urgency = serializers.CharField()
    emergency = serializers.BooleanField()
    emergency_line = serializers.CharField()


class LeavesShown(serializers.Serializer[Any]):
    results = LeafShown(many=True)
