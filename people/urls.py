"""The security administrator's pages."""

from django.urls import URLPattern, path

from people.views import accounts, organisations

app_name = "people"
urlpatterns: list[URLPattern] = [
    path("accounts/", accounts.account_list, name="accounts"),
    path("accounts/new/", accounts.open_account, name="open_account"),
    path("accounts/<int:user_id>/", accounts.account, name="account"),
    path("accounts/<int:user_id>/appoint/", accounts.appoint, name="appoint"),
    path("accounts/<int:user_id>/appointments/<int:appointment_id>/revoke/", accounts.revoke, name="revoke"),
    path("accounts/<int:user_id>/grant/", accounts.grant, name="grant"),
    path("accounts/<int:user_id>/grants/<int:grant_id>/take-back/", accounts.take_back, name="take_back"),
    path("accounts/<int:user_id>/password/", accounts.reset_password, name="reset_password"),
    path("accounts/<int:user_id>/second-factor/", accounts.remove_second_factor, name="remove_second_factor"),
    path("accounts/<int:user_id>/close/", accounts.close, name="close"),
    path("accounts/<int:user_id>/reopen/", accounts.reopen, name="reopen"),
    path("organisations/", organisations.organisations, name="organisations"),
]
