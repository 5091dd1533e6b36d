"""What the pages of meetings take in. They parse; the rules are in `enforcement.actions.meetings` and `.decisions`."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communities.posting_forms import VersionForm, day_field
from complaints.forms.desk import FILL_IN, Choices, choose, named
from complaints.forms.rules import WordsField
from enforcement.actions.decisions import LONGEST_NOTE, LONGEST_TEXT
from enforcement.actions.meetings import (
    LONGEST_AGENDA,
    LONGEST_ATTENDANCE,
    LONGEST_GUESTS,
    LONGEST_MINUTES,
    LONGEST_REASON,
    LONGEST_SPOT,
    LONGEST_SUBJECT,
)
from enforcement.meeting_states import DecisionKind, MeetingKind, MeetingState
from enforcement.models import MeetingInvite
from people.models import Organisation
from tenancy.form_fields import CleanTextField

LONGEST_SEARCH = 60
WHEN = "%Y-%m-%dT%H:%M"


def time_field() -> forms.DateTimeField:
    """Day and time, as a browser's own field gives them."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WHEN)
    return forms.DateTimeField(label=_("Day and time"), widget=widget, error_messages=FILL_IN)


class MeetingFilter(forms.Form):
    """Which meetings a list shows."""

    q = CleanTextField(label=_("Words in subject or agenda"), longest=LONGEST_SEARCH, required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "filter_%s")
        super().__init__(*args, **kwargs)
        choose(self, "state", [("", pgettext_lazy("meeting", "every state")), *MeetingState.choices])
        choose(self, "kind", [("", pgettext_lazy("meeting", "every kind")), *MeetingKind.choices])

    def kept(self) -> dict[str, str]:
        """What is asked for and can be read; what cannot counts as not asked for."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class PlaceForm(forms.Form):
    """Where the meeting is about."""

    place = forms.TypedChoiceField(label=_("About which place"), coerce=int, error_messages=FILL_IN)

    def __init__(self, *args: Any, places: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "place", [("", "—"), *((str(code), name) for code, name in places)])


class CallForm(forms.Form):
    """Who is called together, when, where and for what."""

    kind = forms.ChoiceField(label=_("Kind"), choices=MeetingKind.choices)
    host = forms.TypedChoiceField(label=_("Called by"), coerce=int, error_messages=FILL_IN)
    subject = CleanTextField(label=_("Subject"), longest=LONGEST_SUBJECT, error_messages=FILL_IN)
    starts_at = time_field()
    spot = CleanTextField(label=pgettext_lazy("meeting", "Where it is held"), longest=LONGEST_SPOT, error_messages=FILL_IN)
    agenda = CleanTextField(label=_("Agenda"), longest=LONGEST_AGENDA, lines=True, error_messages=FILL_IN)
    organisations = forms.TypedMultipleChoiceField(
        label=_("Invited"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    guests = CleanTextField(
        label=_("Others, in words"), longest=LONGEST_GUESTS, required=False, help_text=_("Committee, neighbourhood, experts…")
    )
    topics = WordsField(label=_("Tickets to talk about"), required=False, help_text=_("Their numbers, one a line."))

    def __init__(self, *args: Any, invited: list[Organisation], hosts: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [each for each in invited if each not in hosts or len(hosts) > 1]
        choose(self, "organisations", [(str(each.pk), named(each)) for each in offered])
        choose(self, "host", [(str(each.pk), each.name) for each in hosts])
        if len(hosts) == 1:
            self.fields["host"].widget = forms.HiddenInput()
            self.fields["host"].initial = hosts[0].pk


class MoveForm(VersionForm):
    """Another time or place."""

    starts_at = time_field()
    spot = CleanTextField(label=pgettext_lazy("meeting", "Where it is held"), longest=LONGEST_SPOT, error_messages=FILL_IN)


class CancelMeetingForm(VersionForm):
    reason = CleanTextField(label=_("Why it is not held"), longest=LONGEST_REASON, error_messages=FILL_IN)


class HoldForm(VersionForm):
    """Minutes: who came, what was said."""

    came = forms.TypedMultipleChoiceField(
        label=_("Which organisations came"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    attendance = CleanTextField(
        label=_("Who came, by name and office"), longest=LONGEST_ATTENDANCE, lines=True, error_messages=FILL_IN
    )
    minutes = CleanTextField(label=_("What was said at the meeting"), longest=LONGEST_MINUTES, lines=True, error_messages=FILL_IN)

    def __init__(self, *args: Any, invites: list[MeetingInvite], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "came", [(str(each.organisation_id), each.organisation.name) for each in invites])
        self.fields["minutes"].widget.attrs["rows"] = 10


class DecideForm(VersionForm):
    """What was decided, who does it, by when."""

    kind = forms.ChoiceField(label=_("What becomes of it"), choices=DecisionKind.choices, initial=DecisionKind.TASK)
    text = CleanTextField(label=_("What is to be done"), longest=LONGEST_TEXT, lines=True, error_messages=FILL_IN)
    organisation = forms.TypedChoiceField(label=_("Who does it"), coerce=int, error_messages=FILL_IN)
    due_on = day_field(_("By when"), error_messages=FILL_IN)
    compound = forms.TypedChoiceField(
        label=_("Compound of the ticket"), coerce=int, empty_value=None, required=False, help_text=_("Only for a ticket.")
    )

    def __init__(self, *args: Any, table: list[Organisation], compounds: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "organisation", [("", "—"), *((str(each.pk), each.name) for each in table)])
        offer_compounds(self, compounds)


class NoteForm(forms.Form):
    """What was done, or why it is not."""

    text = CleanTextField(label=_("What was done"), longest=LONGEST_NOTE, lines=True, error_messages=FILL_IN)


class DropForm(NoteForm):
    text = CleanTextField(label=_("Why it is not done"), longest=LONGEST_NOTE, lines=True, error_messages=FILL_IN)


class FileForm(forms.Form):
    """For which compound the ticket is filed."""

    compound = forms.TypedChoiceField(label=_("Compound of the ticket"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, compounds: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_compounds(self, compounds)


def offer_compounds(form: forms.Form, compounds: list[tuple[int, str]]) -> None:
    """The compounds of a street; a meeting about one compound needs no choice."""
    if not compounds:
        del form.fields["compound"]
        return
    offered: Choices = [("", "—"), *((str(code), name) for code, name in compounds)]
    choose(form, "compound", offered)


def as_typed(moment: Any) -> str:
    """A moment as the browser's field wants it."""
    return f"{timezone.localtime(moment):{WHEN}}"
