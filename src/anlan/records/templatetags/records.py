"""Tags and filters of the pages of work records."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from anlan.kernel.ui.templatetags.ui import tag
from anlan.records.choices import RecordState
from anlan.records.models import Record

register = template.Library()

TONES = {
    RecordState.DRAFT: "none",
    RecordState.SUBMITTED: "yellow",
    RecordState.RETURNED: "red",
    RecordState.VERIFIED: "green",
    RecordState.WITHDRAWN: "grey",
    RecordState.DROPPED: "grey",
}
# An icon for each group of types (the file of types names the groups); others get the last.
ICONS = {
    "学习贯彻": "notebook",
    "宣传教育": "speakerphone",
    "警示教育": "alert-triangle",
    "领导责任": "user-circle",
    "体制机制": "file-certificate",
    "突出问题": "target",
}


@register.filter
def state_tag(record: Record) -> SafeString:
    """The state of a record as a tag."""
    return tag(record.get_state_display(), TONES[RecordState(record.state)])


@register.filter
def group_icon(group: str) -> str:
    """The icon of a group of types."""
    return ICONS.get(group, "clipboard-text")
