"""Sign-in by user name or by phone, with a password."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.db.models import Q
from django.http import HttpRequest

from people.models import User, UserKind


class NameOrPhoneBackend(BaseBackend):
    """Finds a person by user name (any case) or by phone. The two special accounts cannot sign in."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> User | None:
        if not username or password is None or "\x00" in username:
            return None
        user = User.objects.filter(Q(username__iexact=username) | Q(phone=username), kind=UserKind.PERSON).order_by("pk").first()
        if user is None:
            # Spend the same time as for a known name, so that names cannot be guessed by the clock.
            User().set_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, kind=UserKind.PERSON, is_active=True).first()
