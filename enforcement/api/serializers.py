"""What the API of check lists takes and gives. Days to put something right are calendar days."""

from typing import Any

from rest_framework import serializers

from enforcement.actions.check_lists import LONGEST_SOURCE
from enforcement.check_content import LONGEST, LONGEST_DAYS, MOST_BASES, MOST_ITEMS, MOST_LAWS, ItemEntry, LawEntry
from enforcement.states import Certainty, Level, ListState, Severity
from tenancy.api.serializers import LARGEST_VERSION, Place, Strict, Text


class LawGiven(Strict):
    """A statute: in force from `effective_from` until the day before `repealed_on`."""

    key = Text(longest=12)
    name = Text(longest=100)
    edition = Text(longest=40, required=False, default="")
    effective_from = serializers.DateField()
    repealed_on = serializers.DateField(required=False, allow_null=True, default=None)
    checked = serializers.BooleanField(required=False, default=False, help_text="Its text was read.")
    note = Text(longest=200, required=False, default="")


class BasisGiven(Strict):
    """The articles of one law."""

    law = Text(longest=12)
    articles = Text(longest=80)


class ItemGiven(Strict):
    """One thing that one bureau may check."""

    code = Text(longest=10)
    bureau = Text(longest=10, help_text="A kind of organisation.")
    name = Text(longest=LONGEST["name"])
    violation = Text(longest=LONGEST["violation"])
    method = Text(longest=LONGEST["method"])
    days = serializers.IntegerField(min_value=1, max_value=LONGEST_DAYS)
    basis = serializers.ListField(child=BasisGiven(), max_length=MOST_BASES)
    others = serializers.ListField(child=Text(longest=10), required=False, default=list, max_length=20)
    level = serializers.ChoiceField(choices=Level.choices, required=False, default=Level.COUNTY)
    subject = Text(longest=LONGEST["subject"], required=False, default="")
    penalty = Text(longest=LONGEST["penalty"], required=False, default="")
    on_spot = serializers.BooleanField(required=False, default=False)
    severity = serializers.ChoiceField(choices=Severity.choices, required=False, default=Severity.ORDINARY)
    leaf = Text(longest=4, required=False, default="", help_text="A kind of complaint.")
    certainty = serializers.ChoiceField(choices=["", *Certainty.values], required=False, default="")


def entry_of(given: dict[str, Any]) -> ItemEntry:
    basis = tuple((pair["law"], pair["articles"]) for pair in given["basis"])
    return ItemEntry(**{**given, "basis": basis, "others": tuple(given["others"]), "leaf": given["leaf"] or None})


class ListsQuery(Strict):
    area = Place(required=False, help_text="A county; all of the caller's without it.")


class CheckListDraft(Strict):
    """A new draft of a county's list."""

    area = Place(help_text="The county.")
    shipped = serializers.BooleanField(required=False, default=False, help_text="From the sample, not from the list in force.")


class ContentGiven(Strict):
    """A whole list in the place of what a draft said."""

    revision = serializers.IntegerField(min_value=1, max_value=LARGEST_VERSION)
    source = Text(longest=LONGEST_SOURCE)  # type: ignore[assignment]  # a field of ours, whatever the serializer's own property
    laws = serializers.ListField(child=LawGiven(), max_length=MOST_LAWS)
    items = serializers.ListField(child=ItemGiven(), max_length=MOST_ITEMS)


def laws_of(given: dict[str, Any]) -> tuple[LawEntry, ...]:
    return tuple(LawEntry(**law) for law in given["laws"])


class CheckListSeen(Strict):
    """The revision that was looked at."""

    revision = serializers.IntegerField(min_value=1, max_value=LARGEST_VERSION)


class ItemChange(ItemGiven):
    revision = serializers.IntegerField(min_value=1, max_value=LARGEST_VERSION)


class DayQuery(Strict):
    on = serializers.DateField(required=False, help_text="The day of the conduct, whose law counts; today without it.")


class ListShown(serializers.Serializer[Any]):
    """A version of a county's list."""

    id = serializers.IntegerField()
    area = serializers.IntegerField()
    version = serializers.IntegerField()
    revision = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ListState.choices)
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]  # the same
    sample = serializers.BooleanField(help_text="Made up after the statutes (示例数据).")
    published_at = serializers.DateTimeField(allow_null=True)


class ListsShown(serializers.Serializer[Any]):
    results = ListShown(many=True)


class LawShown(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    edition = serializers.CharField(allow_blank=True)
    articles = serializers.CharField()
    effective_from = serializers.DateField()
    repealed_on = serializers.DateField(allow_null=True)


class CheckItemShown(serializers.Serializer[Any]):
    """An item with the laws in force on the day asked for."""

    code = serializers.CharField()
    bureau = serializers.CharField()
    others = serializers.ListField(child=serializers.CharField())
    level = serializers.ChoiceField(choices=Level.choices)
    name = serializers.CharField()
    violation = serializers.CharField()
    method = serializers.CharField()
    subject = serializers.CharField(allow_blank=True)
    penalty = serializers.CharField(allow_blank=True)
    days = serializers.IntegerField()
    on_spot = serializers.BooleanField()
    severity = serializers.ChoiceField(choices=Severity.choices)
    leaf = serializers.CharField(allow_null=True)
    certainty = serializers.CharField(allow_blank=True)
    basis = LawShown(many=True)


class ListFull(ListShown):
    items = CheckItemShown(many=True)
