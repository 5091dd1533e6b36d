"""What the API of findings takes and gives."""

from typing import Any

from rest_framework import serializers

from enforcement.actions.findings import (
    LONGEST_ANSWER,
    LONGEST_DEMAND,
    LONGEST_NAME,
    LONGEST_WORDS,
    MOST_DAYS,
    MOST_MORE_DAYS,
    MOST_PHOTOS,
)
from enforcement.finding_listing import HOW
from enforcement.finding_states import FindingEventKind, FindingState, Party
from files.api import Upload
from tenancy.api.keyset import PageQuery
from tenancy.api.serializers import Id, Place, Strict, Text, Version


class FindingsQuery(PageQuery):
    """Which findings; what is not given is not asked."""

    state = serializers.ChoiceField(choices=FindingState.choices, required=False)
    how = serializers.ChoiceField(choices=HOW, required=False, help_text="`fell_due` and `in_time` make the rate.")
    area = Place(required=False)
    bureau = Id(required=False)
    organisation = Id(required=False, help_text="The one that answers for it.")
    party = serializers.ChoiceField(choices=Party.choices, required=False)
    item = Text(longest=10, required=False)
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)
    q = Text(longest=60, required=False)


class FindingSeen(Strict):
    version = Version()


class FindingFixed(FindingSeen):
    """What was done before the officers' eyes."""

    text = Text(longest=LONGEST_WORDS)
    photos = serializers.ListField(child=Upload(), required=False, default=list, max_length=MOST_PHOTOS)


class FindingOrdered(FindingSeen):
    demand = Text(longest=LONGEST_DEMAND)
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, help_text="Calendar days from tomorrow on.")
    party = serializers.ChoiceField(choices=Party.choices, required=False, default="")
    party_name = Text(longest=LONGEST_NAME, required=False, default="")


class FindingAnswered(FindingSeen):
    text = Text(longest=LONGEST_ANSWER)
    photos = serializers.ListField(child=Upload(), required=False, default=list, max_length=MOST_PHOTOS)


class FindingWords(FindingSeen):
    text = Text(longest=LONGEST_WORDS)


class FindingSentBack(FindingWords):
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS)


class FindingRecheckAsked(FindingSeen):
    text = Text(longest=LONGEST_WORDS, required=False, default="")


class MoreTimeAsked(FindingSeen):
    days = serializers.IntegerField(min_value=1, max_value=MOST_MORE_DAYS)
    reason = Text(longest=LONGEST_WORDS)


class MoreTimeDecided(FindingSeen):
    granted = serializers.BooleanField()
    text = Text(longest=LONGEST_WORDS, required=False, default="")


class FindingTicketLinked(FindingSeen):
    ticket = Text(longest=24)


class FindingProjectLinked(FindingSeen):
    project = Text(longest=24)


class FindingShown(serializers.Serializer[Any]):
    """A finding. `spot` and `party_name` are empty for readers from whom they are kept."""

    number = serializers.CharField()
    visit = serializers.CharField()
    compound = serializers.IntegerField()
    state = serializers.ChoiceField(choices=FindingState.choices)
    version = serializers.IntegerField()
    late = serializers.BooleanField()
    bureau = serializers.IntegerField()
    item = serializers.CharField()
    item_name = serializers.CharField()
    text = serializers.CharField()
    building = serializers.IntegerField(allow_null=True)
    spot = serializers.CharField(allow_blank=True)
    party = serializers.ChoiceField(choices=Party.choices)
    party_organisation = serializers.IntegerField(allow_null=True)
    party_name = serializers.CharField(allow_blank=True)
    found_at = serializers.DateTimeField()
    demand = serializers.CharField(allow_blank=True)
    due_on = serializers.DateField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    rounds = serializers.IntegerField()


class FindingEventShown(serializers.Serializer[Any]):
    """A line of the timeline; who and what shows to those who work with it."""

    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=FindingEventKind.choices)
    by = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)


class FindingFull(FindingShown):
    answer = serializers.CharField(allow_blank=True)
    recheck = serializers.CharField(allow_null=True)
    ticket = serializers.CharField(allow_null=True)
    project = serializers.CharField(allow_null=True)
    photos_before = serializers.ListField(child=serializers.UUIDField())
    photos_after = serializers.ListField(child=serializers.UUIDField())
    events = FindingEventShown(many=True)


class FindingsShown(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = FindingShown(many=True)
