"""The frame of every correction: the document locked, in review, and its clerk at work."""

from __future__ import annotations

from anlan.intake.choices import DocumentState
from anlan.intake.models import Document
from anlan.intake.policies import IMPORT, holds
from anlan.kernel.errors import Forbidden, WrongState
from anlan.kernel.write import Write


def lock(write: Write, document: int) -> Document:
    """The document first, then its rows: two people checking at once wait for each other."""
    row = write.lock(Document.objects.visible_to(write.actor), document)
    if not holds(IMPORT, write.actor, row):
        raise Forbidden
    if row.state != DocumentState.REVIEW:
        raise WrongState(f"通知{row.get_state_display()}，不能再修改。需要修改时请先退回核对。")
    return row


def changed(write: Write, document: Document) -> None:
    """Tell the pages that show it."""
    write.event("document.changed", document, area=document.area)
