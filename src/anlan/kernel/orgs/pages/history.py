"""What people changed on an organisation or a group, from the audit rows, newest first."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Model, Q, QuerySet

from anlan.kernel.access.models import User
from anlan.kernel.audit.models import AuditRow
from anlan.kernel.audit.selectors import Entry
from anlan.kernel.orgs.models import Group, Membership, Organisation, OrganisationName

_MOST = 50
_ADD, _END, _VERIFY = "orgs.group.add_member", "orgs.group.end_member", "orgs.group.verify"
_RENAME, _ADD_NAME = "orgs.organisation.rename", "orgs.organisation.add_name"
_LABELS = {
    _ADD: "列入成员",
    _END: "结束成员资格",
    _VERIFY: "核实名单",
    "orgs.organisation.add": "增设单位",
    _RENAME: "更名",
    "orgs.organisation.dissolve": "撤销",
    "orgs.organisation.set_host": "核实设在单位",
    _ADD_NAME: "增加别名",
}


def history_of_group(group: Group) -> list[Entry]:
    """Members that people took in and out, and confirmations; not what files brought."""
    of_group = Membership.objects.filter(group=group)
    named = dict(of_group.values_list("pk", "organisation__short_name"))
    rows = AuditRow.objects.filter(
        _of(Membership, list(named)) & Q(verb__in=(_ADD, _END)) | _of(Group, [group.pk], _VERIFY)
    )
    return _entries(rows, lambda row: _member(row, named))


def history_of_organisation(organisation: Organisation) -> list[Entry]:
    """What people did to it, one entry for each write, and the names they added."""
    own = [verb for verb in _LABELS if verb.startswith("orgs.organisation.") and verb != _ADD_NAME]
    rows = AuditRow.objects.filter(
        _of(Organisation, [organisation.pk]) & Q(verb__in=own)
        | _of(OrganisationName, organisation.names.values_list("pk", flat=True), _ADD_NAME)
    )
    return _entries(rows, _changed)


def _of(model: type[Model], pks: list[int] | QuerySet[OrganisationName, int], verb: str = "") -> Q:
    rows = Q(table_name=model._meta.db_table, row_id__in=[str(pk) for pk in pks])
    return rows & Q(verb=verb) if verb else rows


def _entries(rows: QuerySet[AuditRow], text: Callable[[AuditRow], str]) -> list[Entry]:
    shown = list(rows.order_by("-xid", "-id")[:_MOST])
    people = User.objects.in_bulk({pk for r in shown for pk in (r.user_id, r.principal_id) if pk})
    return [
        Entry(
            row.at,
            _LABELS[row.verb],
            _who(row, people),
            text(row),
            f"代理依据：{row.authority}" if row.authority else "",
        )
        for row in shown
    ]


def _who(row: AuditRow, people: dict[int, User]) -> str:
    who = str(people[row.user_id]) if row.user_id in people else "系统"
    return f"{who}（代{people[row.principal_id]}）" if row.principal_id in people else who


def _member(row: AuditRow, named: dict[int, str]) -> str:
    """Which member, from when or until when."""
    if row.verb == _VERIFY:
        return ""
    column, word = ("valid_from", "自") if row.verb == _ADD else ("valid_to", "至")
    _, day = row.changes.get(column, ["", ""])
    return f"{named[int(row.row_id)]}，{word} {day}" if day else named[int(row.row_id)]


def _changed(row: AuditRow) -> str:
    """The name from which to which, the last day; and the grounds given."""
    told = []
    if row.verb == _RENAME:
        both = (row.changes.get(column) for column in ("name", "short_name"))
        told += [" → ".join(change) for change in both if change]
    if row.verb == _ADD_NAME:
        told.append(row.changes["name"][1])
    if row.operation == "UPDATE" and (ended := row.changes.get("valid_to")):
        told.append(f"最后一天 {ended[1]}")
    if row.reason:
        told.append(f"依据：{row.reason}")
    return "；".join(told)
