"""Which worker speaks for a partition, and how far it has come."""

from __future__ import annotations

from uuid import UUID

from anlan.kernel.access.actor import system
from anlan.kernel.errors import Refused
from anlan.kernel.write import Write
from anlan.monitoring.models import EngineState


def take(*, partition: int, holder: UUID) -> EngineState:
    """Make ``holder`` the one worker of the partition; who held it before can write no more.

    Returns where to go on: the state, and the number of the last message that it counts.
    """
    with Write(system(), "monitoring.engine.take") as write:
        EngineState.objects.get_or_create(partition=partition)
        row = EngineState.objects.select_for_update().get(partition=partition)
        write.change(row, holder=holder)
    return row


def held(partition: int, holder: UUID) -> EngineState:
    """The row, locked until the transaction ends; Refused for whoever has lost the partition.

    The holder's number may be lower than the one before: the stream was made anew, and its
    messages are counted from 1 again.
    """
    row = EngineState.objects.select_for_update().filter(partition=partition).first()
    if row is None or row.holder != holder:
        raise Refused("not_holder", f"分区 {partition} 已由另一个监测进程接管，本进程的结果作废。")
    return row
