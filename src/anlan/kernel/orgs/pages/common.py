"""What the pages of organisations and groups share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.utils import timezone

from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Refused
from anlan.kernel.orgs.forms import OnDay
from anlan.kernel.orgs.models import Area, Organisation
from anlan.kernel.orgs.selectors import COUNTY_RANK

# What a row says whose beginning nobody has recorded: no fact, so pages do not show it as one.
UNRECORDED = Organisation._meta.get_field("valid_from").get_default()
_NOT_THE_FORM = (403, 404)  # nothing that other words in the form could mend


def act(
    request: Request,
    form: forms.Form,
    do: Callable[..., str],
    *,
    refused: Callable[[int], object] | None = None,
) -> bool:
    """Do it with what was typed and say so; a refusal becomes an error of the form, and False.

    ``refused`` is told the status of a refusal (409: somebody was faster).
    """
    if not form.is_valid():
        return False
    try:
        told = do(**form.cleaned_data)
    except Refused as refusal:
        if refusal.status in _NOT_THE_FORM:
            raise
        form.add_error(None, refusal.message)
        if refused:
            refused(refusal.status)
        return False
    messages.success(request, told)
    return True


def chosen_day(request: Request) -> tuple[OnDay, date]:
    """The form of the day that the page shall show, and the day: today if none is understood."""
    form = OnDay(request.GET if "on" in request.GET else None)
    given: Any = form.cleaned_data.get("on") if form.is_valid() else None
    on = given or timezone.localdate()
    return (form if form.errors else OnDay(initial={"on": on})), on


def area_names() -> list[str]:
    """Names of the city and its areas of county rank, to choose from."""
    return list(
        Area.objects.filter(level__in=("city", *COUNTY_RANK)).values_list("name", flat=True)
    )
