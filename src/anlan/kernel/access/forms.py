"""Forms of the login and account pages."""

from __future__ import annotations

from typing import Any

from django import forms


class Login(forms.Form):
    username = forms.CharField(label="账号", max_length=40)
    password = forms.CharField(
        label="口令", max_length=128, strip=False, widget=forms.PasswordInput(render_value=False)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs |= {"autocomplete": "username", "autofocus": True}
        self.fields["password"].widget.attrs |= {"autocomplete": "current-password"}


class Code(forms.Form):
    code = forms.CharField(label="动态口令或恢复码", max_length=20)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"autocomplete": "one-time-code", "autofocus": True}
