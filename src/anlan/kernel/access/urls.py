"""Addresses of login, accounts and grants."""

from django.urls import path

from anlan.kernel.access.pages import login

urlpatterns = [
    path("login/", login.login, name="login"),
    path("login/second/", login.second_factor, name="login-second"),
    path("logout/", login.logout, name="logout"),
]
