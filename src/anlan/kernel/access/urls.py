"""Addresses of login, accounts and grants."""

from django.urls import path

from anlan.kernel.access.pages import account, accounts, deputies, login

app_name = "access"
urlpatterns = [
    path("login/", login.login, name="login"),
    path("login/second/", login.second_factor, name="second-factor"),
    path("logout/", login.logout, name="logout"),
    path("account/", account.account, name="account"),
    path("account/password/", account.password, name="password"),
    path("account/totp/", account.second_factor, name="totp"),
    path("account/totp/off/", account.second_factor_off, name="totp-off"),
    path("account/sessions/end/", account.end_others, name="end-others"),
    path("account/sessions/<uuid:pk>/end/", account.end_session, name="end-session"),
    path("account/deputies/", deputies.deputies, name="deputies"),
    path("account/deputies/<int:pk>/end/", deputies.end, name="end-deputy"),
    path("account/acting/", deputies.acting, name="acting"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/new/", accounts.new_account, name="new-account"),
    path("accounts/<int:pk>/", accounts.account, name="manage"),
    path("accounts/<int:pk>/disable/", accounts.disable, name="disable"),
    path("accounts/<int:pk>/enable/", accounts.enable, name="enable"),
    path("accounts/<int:pk>/unlock/", accounts.unlock, name="unlock"),
    path("accounts/<int:pk>/reset/", accounts.reset, name="reset"),
    path("accounts/<int:pk>/remove-factor/", accounts.remove_factor, name="remove-factor"),
    path("accounts/<int:pk>/grants/", accounts.give, name="give"),
    path("accounts/grants/<int:pk>/end/", accounts.end_grant, name="end-grant"),
    path("accounts/events/", accounts.events, name="events"),
]
