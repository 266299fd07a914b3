"""Components escape what they are given and say in words what they show in colour."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import Context, Template

from anlan.kernel.ui import tokens

EVIL = "<script>x</script>"


def drawn(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    "source",
    [
        "{% alert evil 'error' %}",
        "{% card title=evil %}{{ evil }}{% endcard %}",
        "{% empty evil evil %}",
        "{% facts %}{% fact evil %}{{ evil }}{% endfact %}{% endfacts %}",
        "{% tag evil %}",
        "{% icon 'x' evil %}",
        "{% state 'met' evil %}",
        "{% confirm '/x/' evil evil reason=evil %}",
        "{{ evil|cell }}",
        "{% timeline steps %}",
    ],
)
def test_nothing_given_becomes_markup(source: str) -> None:
    steps = [{"at": datetime(2025, 1, 1, tzinfo=UTC), "title": EVIL, "who": EVIL, "text": EVIL}]
    page = drawn(source, evil=EVIL, steps=steps)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("name", tokens.STATES)
@pytest.mark.parametrize("compact", [True, False])
def test_a_state_has_a_symbol_and_a_word(name: str, compact: bool) -> None:
    page = drawn("{% state name compact=compact %}", name=name, compact=compact)
    assert tokens.STATES[name].label in page
    assert f"#{tokens.STATES[name].icon}" in page
    assert ("visually-hidden" in page) is compact


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2025, 3, 5, 16, 30, tzinfo=UTC), "2025-03-06 00:30"),  # Shanghai's day
        (date(2025, 3, 5), "2025-03-05"),
        (None, "—"),
    ],
)
def test_moments_are_in_the_citys_time(moment: object, expected: str) -> None:
    assert expected in drawn("{% when moment %}", moment=moment)


class Sample(forms.Form):
    name = forms.CharField(label="名称", help_text="写全称")
    note = forms.CharField(label="备注", required=False)


def test_a_wrong_field_is_tied_to_its_error_and_keeps_its_words() -> None:
    form = Sample({"name": "", "note": "保留"})
    page = drawn("{% form_fields form %}", form=form)
    assert 'href="#id_name"' in page
    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="id_name-help id_name-errors"' in page
    assert 'id="id_name-errors"' in page
    assert 'value="保留"' in page
    assert page.count("选填") == 1


def test_a_form_not_sent_yet_shows_no_errors() -> None:
    assert "form-summary" not in drawn("{% form_fields form %}", form=Sample())
