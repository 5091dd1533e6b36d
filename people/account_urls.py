"""Signing in and looking after one's own account: of allauth's routes only those that Mulin means to have.

The names are allauth's, since its redirects ask for them. There is no open sign-up and no e-mail management; who has lost
the password goes to the security administrator.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from django.urls import URLPattern, path

from people.views import own

urlpatterns: list[URLPattern] = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    path("second-factor/", mfa.index, name="mfa_index"),
    path("second-factor/code/", mfa.authenticate, name="mfa_authenticate"),
    path("second-factor/again/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("second-factor/set-up/", own.activate_totp, name="mfa_activate_totp"),
    path("second-factor/remove/", own.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-factor/recovery/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second-factor/recovery/new/", own.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("second-factor/recovery/download/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("sessions/", own.session_list, name="usersessions_list"),
    path("sessions/<int:session_id>/end/", own.end_session, name="usersessions_end"),
    path("sessions/end-others/", own.end_other_sessions, name="usersessions_end_others"),
]
