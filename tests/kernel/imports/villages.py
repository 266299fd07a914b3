"""An importer for the tests: villages of a township, into the table of areas."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from anlan.kernel.access.policies import Policy
from anlan.kernel.access.roles import Role
from anlan.kernel.errors import Refused, Unknown
from anlan.kernel.imports import registry
from anlan.kernel.imports.registry import Context, ImportColumn, Importer, Judged, RawRow
from anlan.kernel.orgs.models import Area, AreaLevel
from anlan.kernel.write import Write

KEY = "tests.villages"
POLICY = Policy("tests.villages", "导入村", (Role.UNIT_STAFF, Role.SCO_STAFF))
HEAD = ["代码", "名称", "类型", "备注"]
COLUMNS = (
    ImportColumn("code", "代码", required=True, help="三位数字", example="001"),
    ImportColumn("name", "名称", required=True, example="东村"),
    ImportColumn("kind", "类型", words=("行政村", "社区"), example="社区"),
    ImportColumn("note", "备注"),
)


class Villages:
    """``version`` and ``needs_kind`` can be changed by a test; ``takes`` counts the portions."""

    def __init__(self) -> None:
        self.version = "1"
        self.needs_kind = False
        self.takes: list[int] = []

    def columns(self, context: Context) -> tuple[ImportColumn, ...]:
        return COLUMNS

    def judge(self, context: Context, rows: list[RawRow]) -> list[Judged]:
        return [self._judge(row) for row in rows]

    def _judge(self, row: RawRow) -> Judged:
        code, name = (str(row.cells.get(key) or "") for key in ("code", "name"))
        faults = {}
        if not (code.isdigit() and len(code) <= 12):
            faults["code"] = f"“代码”须是数字（填写的是“{code}”）。"
        if not name:
            faults["name"] = "“名称”没有填写。"
        if self.needs_kind and not row.cells.get("kind"):
            faults["kind"] = "“类型”没有填写。"
        return Judged({"code": code, "name": name}, faults, same=code)

    def take(self, write: Write, context: Context, rows: list[Any]) -> list[int]:
        self.takes.append(len(rows))
        if any(row.values["name"] == "不要村" for row in rows):
            raise Refused("no", "“不要村”不能录入。")
        town = Area.objects.get(name=context.options["town"])
        made = [
            Area(
                code=row.values["code"],
                name=row.values["name"],
                level=AreaLevel.VILLAGE,
                parent=town,
                path=f"{town.path}/{row.values['code']}",
            )
            for row in rows
        ]
        return [area.pk for area in Area.objects.bulk_create(made)]

    @staticmethod
    def options(actor: Any, given: Any) -> dict[str, Any]:
        town = given.get("town", "东镇")
        if town not in ("东镇", "西镇"):
            raise Unknown
        return {"town": town}


@contextmanager
def registered(**changes: Any) -> Iterator[Villages]:
    """The importer, declared for as long as the block lasts."""
    villages = Villages()
    registry.register(
        Importer(
            **{
                "key": KEY,
                "label": "村",
                "policy": POLICY,
                "columns": villages.columns,
                "judge": lambda context, rows: villages.judge(context, rows),
                "take": lambda write, context, rows: villages.take(write, context, rows),
                "url": lambda batch: "/organisations/",
                "options": villages.options,
                "title": lambda context: f"{context.options['town']}的村",
                "version": lambda context: villages.version,
                **changes,
            }
        )
    )
    try:
        yield villages
    finally:
        del registry._importers[KEY]
