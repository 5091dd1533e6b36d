"""Where allauth asks for our rules."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No open sign-up: accounts of staff come from an administrator, residents register with a compound."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
