"""Forms for one's own account: allauth's, in our words and with our check of codes."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from people import adapters, second_factor

PASSWORD_HELP = _("At least 10 characters, not only digits, nothing that others often choose.")
CODE_WIDGET = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}


def _label(field: forms.Field, label: Any, help_text: Any = "") -> None:
    """Our words; a placeholder repeats the label only to vanish when one types."""
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)


class LoginForm(account.LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self.fields["login"], _("User name or phone number"))
        self.fields["login"].widget.attrs.update(autocapitalize="none", spellcheck="false")
        _label(self.fields["password"], _("Password"))


class ReauthenticateForm(account.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self.fields["password"], _("Password"))


class ChangePasswordForm(account.ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self.fields["oldpassword"], _("Present password"))
        _label(self.fields["password1"], _("New password"), PASSWORD_HELP)
        _label(self.fields["password2"], _("New password once more"))

    def clean(self) -> dict[str, Any] | None:
        cleaned: dict[str, Any] | None = super().clean()
        if cleaned and cleaned.get("password1") and cleaned.get("password1") == cleaned.get("oldpassword"):
            self.add_error("password1", _("This is your present password. Choose another."))
        return cleaned


class _CodeChecked:
    """Our check in the place of allauth's: a code counts once, even when the cache has been lost."""

    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]
    user: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(
            self.fields["code"], _("Sign-in code"), _("Six digits from your authenticator app, or one of your recovery codes.")
        )
        self.fields["code"].widget.attrs.update(CODE_WIDGET)

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if second_factor.held_back(self.user):
            raise ValidationError(_("Too many wrong codes. Wait five minutes and try again."))
        if not second_factor.verify(self.user, code):
            raise adapters.SecondFactorAdapter().validation_error("incorrect_code")
        self.authenticator = Authenticator.objects.get(user_id=self.user.pk, type=Authenticator.Type.TOTP)
        return code


class AuthenticateForm(_CodeChecked, mfa.AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""


class ReauthenticateByCodeForm(_CodeChecked, mfa.ReauthenticateForm):  # type: ignore[misc]
    """Before something grave, for whoever has a second factor."""


class ActivateTOTPForm(totp.ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self.fields["code"], _("Code that the app shows now"), _("Six digits; they change every 30 seconds."))
        self.fields["code"].widget.attrs.update(CODE_WIDGET, inputmode="numeric")
