"""What the pages of legal consultations take in. They parse; the rules are in `enforcement.actions.advice`."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communities.posting_forms import VersionForm
from complaints.forms.desk import FILL_IN, choose
from enforcement.actions.advice import LONGEST_BEHALF, LONGEST_RULES, LONGEST_SUBJECT, LONGEST_TEXT
from enforcement.advice_queries import LATE, Only
from enforcement.advice_states import ConsultationState, Topic
from people.models import Organisation
from tenancy.form_fields import CleanTextField

LONGEST_SEARCH = 60


class AdviceFilter(forms.Form):
    """Which consultations a list shows."""

    q = CleanTextField(label=_("Words in subject or compound"), longest=LONGEST_SEARCH, required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    topic = forms.ChoiceField(label=_("Topic"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "filter_%s")
        super().__init__(*args, **kwargs)
        late = (LATE, pgettext_lazy("consultation", "late"))
        choose(self, "state", [("", pgettext_lazy("consultation", "every state")), *ConsultationState.choices, late])
        choose(self, "topic", [("", pgettext_lazy("consultation", "every topic")), *Topic.choices])

    def only(self) -> Only:
        """What is asked for and can be read; what cannot counts as not asked for."""
        self.is_valid()
        return Only(**{name: value for name, value in self.cleaned_data.items() if value})


class AskForm(forms.Form):
    """A question of law. Whoever asks for an office may say for whom; where one body answers, it is not asked which."""

    adviser = forms.TypedChoiceField(label=_("Who answers"), coerce=int, error_messages=FILL_IN)
    topic = forms.ChoiceField(label=_("Topic"), choices=[("", "—"), *Topic.choices], error_messages=FILL_IN)
    subject = CleanTextField(
        label=pgettext_lazy("consultation", "Your question in one line"), longest=LONGEST_SUBJECT, error_messages=FILL_IN
    )
    text = CleanTextField(
        label=_("What happened, and what you want to know"),
        longest=LONGEST_TEXT,
        lines=True,
        error_messages=FILL_IN,
        help_text=_("Say when it was, what was agreed, and what has been done so far. Leave out names that do not matter."),
    )
    behalf = CleanTextField(
        label=_("On behalf of"),
        longest=LONGEST_BEHALF,
        required=False,
        help_text=_("The owners' committee, somebody who called…"),
    )
    shared = forms.BooleanField(
        label=_("The street office may read it too"),
        required=False,
        help_text=_("Without a tick only the advisers read it; the street office learns the number of questions, nothing else."),
    )

    def __init__(self, *args: Any, advisers: list[Organisation], for_office: bool, for_street: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(advisers) == 1:
            del self.fields["adviser"]
        else:
            choose(self, "adviser", [(str(each.pk), each.name) for each in advisers])
        if not for_office:
            del self.fields["behalf"]
        if for_street:
            del self.fields["shared"]


class AnswerForm(VersionForm):
    text = CleanTextField(label=_("Your answer"), longest=LONGEST_TEXT, lines=True, error_messages=FILL_IN)
    rules = CleanTextField(
        label=_("Laws and articles it rests on"),
        longest=LONGEST_RULES,
        required=False,
        help_text=_("Law and article, as in 民法典 278."),
    )


class FurtherForm(VersionForm):
    text = CleanTextField(label=_("What is still open"), longest=LONGEST_TEXT, lines=True, error_messages=FILL_IN)


class RateForm(VersionForm):
    helpful = forms.TypedChoiceField(
        choices=[("yes", _("yes")), ("no", _("no"))],
        coerce=lambda said: said == "yes",
        widget=forms.HiddenInput,
        error_messages=FILL_IN,
    )
