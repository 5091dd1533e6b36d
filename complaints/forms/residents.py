"""Forms for filing and for what a reporter does with a ticket. They parse; the rules are the actions'."""

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from communities.models import Compound
from communities.queries import buildings, homes_of
from complaints.actions.filing import LONGEST_SPOT, LONGEST_TEXT, Filing
from complaints.actions.step import LONGEST_REASON
from complaints.states import Channel
from files.images import Photo
from people.actors import Actor
from people.roles import Role
from tenancy.form_fields import CleanTextField


def new_key() -> str:
    """A key for one rendered form: two taps on its button make one ticket."""
    return uuid.uuid4().hex


class WhatHappened(forms.Form):
    """What everybody writes. Photos are read by the view, after these fields have been found good."""

    text = CleanTextField(
        label=_("What is the matter?"),
        help_text=_("Where, since when, and whom it troubles. One sentence is enough."),
        longest=LONGEST_TEXT,
        lines=True,
    )
    spot = CleanTextField(
        label=_("Where exactly"), help_text=_("For example: lift of entrance 2"), longest=LONGEST_SPOT, required=False
    )
    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    photos = forms.Field(label=_("Photos"), required=False, widget=forms.FileInput)
    """Stands for the file input that the template draws, so that errors have a place."""

    channel = Channel.WEB

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", new_key())

    def renew_key(self) -> None:
        """After the key was used for something else: what is typed now is another matter."""
        fresh = QueryDict(mutable=True)
        fresh.update(self.data)
        fresh["key"] = new_key()
        self.data = fresh

    def place(self) -> int:
        """The place code filed for."""
        raise NotImplementedError

    def filing(self, photos: list[Photo]) -> Filing:
        """The cleaned fields as what the action takes."""
        given = self.cleaned_data
        chosen = self.home()
        return Filing(
            compound=self.place(),
            text=given["text"],
            channel=self.channel,
            building=given.get("building") or None,
            home=chosen,
            spot=given["spot"],
            photos=photos,
            anonymous=given.get("anonymous", False),
            confidential=given.get("confidential", False),
            reporter_name=given.get("reporter_name", ""),
            reporter_phone=given.get("reporter_phone", ""),
        )

    def home(self) -> int | None:
        return None


class Hidden(forms.Form):
    """The two ways to keep one's name back (own words; the rules are in `complaints.permissions`)."""

    anonymous = forms.BooleanField(
        label=_("File anonymously"),
        help_text=_("Your name is shown to nobody and stays out of the record; only the officer in charge can look it up."),
        required=False,
    )
    confidential = forms.BooleanField(
        label=_("Keep my name confidential"),
        help_text=_("Only the officer in charge can look up your name and phone, and every look is recorded."),
        required=False,
    )


@dataclass(frozen=True)
class Home:
    """A place somebody may file from: the compound, and their home in it when one is on record."""

    compound: int
    home: int | None
    label: str

    @property
    def key(self) -> str:
        return f"{self.compound}-{self.home or ''}"


def homes_to_file_from(actor: Actor) -> list[Home]:
    """The person's homes; for a residents' appointment without one, the compound alone."""
    homes = []
    for residency in homes_of(actor):
        home = residency.home
        label = f"{residency.compound.name} {home.building.name} {home.name}" if home else residency.compound.name
        homes.append(Home(residency.area, home.pk if home else None, label))
    known = {home.compound for home in homes}
    bare = [post.area for post in actor.posts if post.role == Role.RESIDENT and post.area not in known]
    compounds = Compound.objects.filter(area__in=bare).order_by("area") if bare else []
    homes.extend(Home(compound.area, None, compound.name) for compound in compounds)
    return homes


class ResidentFiling(WhatHappened, Hidden):
    """A resident: the place is the home."""

    where = forms.ChoiceField(label=_("For which home"), widget=forms.RadioSelect)
    field_order = ["where", "text", "spot"]

    def __init__(self, *args: Any, homes: list[Home], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.homes = {home.key: home for home in homes}
        if len(self.homes) == 1:
            del self.fields["where"]
        else:
            field = self.fields["where"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(key, home.label) for key, home in self.homes.items()]

    def chosen(self) -> Home:
        if "where" in self.fields:
            return self.homes[self.cleaned_data["where"]]
        return next(iter(self.homes.values()))

    def place(self) -> int:
        return self.chosen().compound

    def home(self) -> int | None:
        return self.chosen().home


class AtACompound(WhatHappened):
    """Filing for a compound that was chosen before; the building is optional."""

    building = forms.TypedChoiceField(label=_("Building"), required=False, coerce=int, empty_value=None)
    field_order = ["text", "building", "spot"]

    def __init__(self, *args: Any, compound: Compound, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.compound = compound
        field = self.fields["building"]
        assert isinstance(field, forms.TypedChoiceField)
        rows = [(row.pk, row.name) for row in buildings(compound.area)]
        field.choices = [("", _("The compound as a whole")), *rows]
        if not rows:
            del self.fields["building"]

    def place(self) -> int:
        return self.compound.area


class PatrolFiling(AtACompound):
    """The property firm logs what it found."""

    channel = Channel.PATROL


class WithCaller(forms.Form):
    reporter_name = CleanTextField(label=_("Name of the caller"), longest=60, required=False)
    reporter_phone = CleanTextField(
        label=_("Phone of the caller"),
        longest=20,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )


class CallerFiling(AtACompound, WithCaller, Hidden):
    """A clerk of the street office writes down what a caller says."""

    channel = Channel.PHONE
    field_order = ["reporter_name", "reporter_phone", "text", "building", "spot"]


class VisitorFiling(AtACompound):
    """Somebody without an account, who scanned the code at the gate."""

    reporter_name = CleanTextField(
        label=_("Your name"), longest=60, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    reporter_phone = CleanTextField(
        label=_("Your phone"),
        help_text=_("Only those handling it can see it, to ask you. Leave both empty to stay unknown."),
        longest=20,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    channel = Channel.QR


class PlaceSearch(forms.Form):
    """Looking for a compound by name."""

    q = CleanTextField(label=_("Name of the compound"), longest=60, required=False)


class RedoForm(forms.Form):
    """重办."""

    text = CleanTextField(
        label=_("What is still not right?"), longest=LONGEST_REASON, lines=True, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReplyForm(forms.Form):
    """The answer to a question."""

    text = CleanTextField(label=_("Your answer"), longest=LONGEST_REASON, lines=True, widget=forms.Textarea(attrs={"rows": 3}))


class CancelForm(forms.Form):
    """撤单."""

    text = CleanTextField(label=_("Reason"), longest=LONGEST_REASON, lines=True, widget=forms.Textarea(attrs={"rows": 3}))


class TrackForm(forms.Form):
    """The slip: number and code."""

    number = CleanTextField(
        label=_("Ticket number"), help_text=_("For example 350505001-2611-48207315"), longest=40, required=True
    )
    code = CleanTextField(
        label=_("Tracking code"),
        help_text=_("The 13 letters and digits that you were given when you filed."),
        longest=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
