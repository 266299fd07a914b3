"""What the audit rows say, in Chinese: verbs as the apps declare them, tables and columns by the
names of their models and fields.

Each app declares ``VERBS`` in its ``verbs.py``: verb → words. A test holds that none is missing.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from django.apps import apps
from django.db import models
from django.utils.module_loading import module_has_submodule


@cache
def verbs() -> dict[str, str]:
    """Every verb of the installed apps with its words."""
    found: dict[str, str] = {}
    for config in apps.get_app_configs():
        if config.module and module_has_submodule(config.module, "verbs"):
            found |= import_module(f"{config.name}.verbs").VERBS
    return found


@cache
def models_of() -> dict[str, type[models.Model]]:
    """The audited tables with their models."""
    return {
        model._meta.db_table: model
        for model in apps.get_models()
        if any(each.name == "audited" for each in getattr(model._meta, "triggers", ()))
    }


@cache
def tables() -> dict[str, str]:
    """The audited tables with what they hold."""
    return {name: str(model._meta.verbose_name) for name, model in models_of().items()}


@cache
def columns(table: str) -> dict[str, str]:
    """The columns of an audited table with the names of their fields.

    A field that nobody named keeps its own name: better the column than a wrong word. A foreign
    key without a name of its own has that of what it leads to.
    """
    model = models_of().get(table)
    return {str(each.column): _named(each) for each in model._meta.concrete_fields} if model else {}


def _named(field: models.Field) -> str:  # type: ignore[type-arg]
    name = str(field.verbose_name)
    if name != field.name.replace("_", " "):
        return "编号" if field.primary_key else name
    to = field.related_model
    if isinstance(to, type) and (label := str(to._meta.verbose_name)) != to._meta.model_name:
        return label
    return str(field.column)
