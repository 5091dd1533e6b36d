"""Where allauth asks for our rules."""

import base64
import hashlib
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from people import sessions
from people.actions import sign_in
from people.lockout import client_address
from people.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No open sign-up: accounts of staff come from an administrator, residents register with a compound."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("Name or password is not right. Check both and try again."),
        "incorrect_password": _("This password is not right."),
        "enter_current_password": _("This is not your present password."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Wrong passwords are counted by axes, per account and address.

        allauth would count them per account alone: then anybody could keep anybody out.
        """

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def is_reauthentication_required(self, app: str) -> bool:
        """Whoever has just signed in is not asked for the password again."""
        fresh = timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
        return not sessions.signed_in_within(context.request.session, fresh)

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        sessions.begin(request.session)
        sign_in.signed_in(user)

    def logout(self, request: HttpRequest) -> None:
        assert isinstance(request.user, User)
        sign_in.signed_out(request.user)
        super().logout(request)

    def set_password(self, user: User, password: str) -> None:
        sign_in.choose_password(user, password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return "/"


def _cipher() -> MultiFernet:
    """Keys worked out of the installation's secrets, the present one first, so that secrets may be exchanged."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    derived = (hashlib.sha256(b"mulin second factor\x00" + secret.encode()).digest() for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets of authenticator apps encrypted: a copy of the database alone opens nothing."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right, or it was used before. Wait for the next one and try again."),
    }

    def get_totp_label(self, user: User) -> str:
        return user.username

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()
