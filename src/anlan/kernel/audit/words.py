"""What the audit rows say, in Chinese: verbs as the apps declare them, tables and columns by the
names of their models and fields.

Each app declares ``VERBS`` in its ``verbs.py``: verb → words. A test holds that none is missing.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.module_loading import module_has_submodule

# Columns whose fields have no name of their own: pages show them nowhere else.
UNNAMED = {
    "path": "层级路径", "sort": "排序", "edited": "人工修改过", "key": "检索键", "password": "密码",
    "password_changed_at": "密码修改时间", "must_change_password": "须修改密码",
    "totp_salt": "两步验证参数", "created_at": "建立时间", "ended_at": "结束时间",
    "next_step": "下一步", "picture_hash": "图片指纹", "subject_type": "所属数据",
    "subject_id": "所属数据编号", "used_at": "使用时间", "asked": "询问", "version": "版本",
    "heading_row": "表头行", "keys": "对应列", "notes": "说明", "read_to": "已读到行",
    "place": "进度", "moved_at": "进度时间", "name_key": "名称检索键", "revision": "修订号",
    "token": "标签编码", "digest": "摘要", "several": "多项", "makers": "经手人",
    "grams": "检索片段", "retired_at": "停用时间", "urgency": "紧急程度", "preamble": "前言",
    "closing": "结尾", "lines": "原文行", "repairs": "修整", "table": "附表",
    "chapter_number": "章号", "first_line": "原文首行", "last_line": "原文末行",
    "how": "对应方式", "suggestions": "建议的对应", "number": "序号", "decided_at": "处理时间",
}  # fmt: skip


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

    A foreign key without a name of its own has that of what it leads to.
    """
    return {column: _named(field) for column, field in _fields(table).items()}


def said(table: str, column: str, value: Any) -> str:
    """A column's value as people read it: choices by their words, moments in the city's time.

    What no longer fits its field (it was written by earlier code) stands as it is.
    """
    if value in (None, ""):
        return "空"
    if isinstance(value, bool):
        return "是" if value else "否"
    field = _fields(table).get(column)
    if isinstance(field, models.DateTimeField):
        moment = parse_datetime(str(value))
        return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}" if moment else str(value)
    labels = dict(field.flatchoices) if field else {}
    return str(labels.get(value, value))


@cache
def _fields(table: str) -> dict[str, models.Field[Any, Any]]:
    """The fields of an audited table by their columns."""
    model = models_of().get(table)
    return {str(each.column): each for each in model._meta.concrete_fields} if model else {}


def _named(field: models.Field) -> str:  # type: ignore[type-arg]
    name = str(field.verbose_name)
    if name != field.name.replace("_", " "):
        return "编号" if field.primary_key else name
    to = field.related_model
    if isinstance(to, type) and (label := str(to._meta.verbose_name)) != to._meta.model_name:
        return label
    return UNNAMED.get(str(field.column), str(field.column))
