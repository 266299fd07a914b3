"""Generated messages of GB/T 26875.3: one strategy for each layout of its table."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st

from anlan.monitoring.protocols.gb26875 import flags
from anlan.monitoring.protocols.gb26875 import objects as o
from anlan.monitoring.protocols.gb26875.frame import Frame
from anlan.monitoring.protocols.gb26875.layouts import LAYOUTS, AppData, UnknownData
from anlan.monitoring.protocols.gb26875.tables import Command, Kind
from anlan.monitoring.protocols.values import BEIJING

byte = st.integers(0, 0xFF)
part_address = st.integers(0, 0xFFFFFFFF)
_FIRST = datetime(2000, 1, 1, tzinfo=BEIJING)
_SECONDS = int((datetime(2100, 1, 1, tzinfo=BEIJING) - _FIRST).total_seconds())
times = st.none() | st.integers(0, _SECONDS - 1).map(
    lambda seconds: _FIRST + timedelta(seconds=seconds)
)

_characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")


def texts(size: int) -> st.SearchStrategy[str]:
    """Texts of at most ``size`` bytes of GB 18030, also with what could not be read."""
    return st.text(_characters | st.sampled_from("消防\ufffd１"), max_size=size).filter(
        lambda text: len(text.encode("gb18030")) <= size
    )


def _bits(kind: type, size: int) -> st.SearchStrategy:
    return st.integers(0, 256**size - 1).map(kind)


_system = (byte, byte)
_part = (*_system, byte, part_address)
_operation = st.builds(o.SystemQuery, *_system)
_part_query = st.builds(o.PartQuery, *_system, part_address)
_device_query = st.just(o.DeviceQuery())

OBJECTS = {
    Kind.SYSTEM_STATE: st.builds(o.SystemState, *_system, _bits(flags.SystemFlag, 2), times),
    Kind.PART_STATE: st.builds(o.PartState, *_part, _bits(flags.PartFlag, 2), texts(31), times),
    Kind.ANALOG_VALUE: st.builds(o.AnalogValue, *_part, byte, st.integers(-32768, 32767), times),
    Kind.SYSTEM_OPERATION: st.builds(
        o.SystemOperation, *_system, _bits(flags.SystemAct, 1), byte, times
    ),
    Kind.SYSTEM_VERSION: st.builds(o.SystemVersion, *_system, byte, byte),
    Kind.SYSTEM_CONFIGURATION: st.builds(o.SystemConfiguration, *_system, texts(255)),
    Kind.PART_CONFIGURATION: st.builds(o.PartConfiguration, *_part, texts(31)),
    Kind.SYSTEM_TIME: st.builds(o.SystemTime, *_system, times),
    Kind.DEVICE_STATE: st.builds(o.DeviceState, _bits(flags.DeviceFlag, 1), times),
    Kind.DEVICE_OPERATION: st.builds(o.DeviceOperation, _bits(flags.DeviceAct, 1), byte, times),
    Kind.DEVICE_VERSION: st.builds(o.DeviceVersion, byte, byte),
    Kind.DEVICE_CONFIGURATION: st.builds(o.DeviceConfiguration, texts(255)),
    Kind.DEVICE_TIME: st.builds(o.DeviceTime, times),
    Kind.READ_SYSTEM_STATE: _operation,
    Kind.READ_PART_STATE: _part_query,
    Kind.READ_ANALOG_VALUE: _part_query,
    Kind.READ_SYSTEM_OPERATIONS: st.builds(o.SystemRecordsQuery, *_system, byte, times),
    Kind.READ_SYSTEM_VERSION: _operation,
    Kind.READ_SYSTEM_CONFIGURATION: _operation,
    Kind.READ_PART_CONFIGURATION: _part_query,
    Kind.READ_SYSTEM_TIME: _operation,
    Kind.READ_DEVICE_STATE: _device_query,
    Kind.READ_DEVICE_OPERATIONS: st.builds(o.DeviceRecordsQuery, byte, times),
    Kind.READ_DEVICE_VERSION: _device_query,
    Kind.READ_DEVICE_CONFIGURATION: _device_query,
    Kind.READ_DEVICE_TIME: _device_query,
    Kind.INITIALISE: _device_query,
    Kind.SET_CLOCK: st.builds(o.DeviceTime, times),
    Kind.CHECK_DUTY: st.builds(o.DutyCheck, byte),
}


def data_of(kind: Kind) -> st.SearchStrategy[AppData]:
    most = min(LAYOUTS[kind].most, 4)
    return st.lists(OBJECTS[kind], min_size=1, max_size=most).map(
        lambda objects: AppData(kind, tuple(objects))
    )


def _frames(command: st.SearchStrategy, data: st.SearchStrategy) -> st.SearchStrategy[Frame]:
    return st.builds(
        Frame,
        serial=st.integers(0, 0xFFFF),
        command=command,
        source=st.integers(0, 256**6 - 1),
        target=st.integers(0, 256**6 - 1),
        time=times,
        version=st.tuples(byte, byte),
        data=data,
    )


def frames_of(kind: Kind) -> st.SearchStrategy[Frame]:
    """Frames that hold application data of ``kind``."""
    commands = [Command.CONTROL, Command.UPLOAD, Command.REQUEST, Command.ANSWER]
    return _frames(st.sampled_from(commands), data_of(kind))


_unread = st.binary(min_size=1, max_size=40).map(UnknownData)
_unknown_kind = _unread.filter(lambda data: data.kind not in LAYOUTS)
others = _frames(
    st.sampled_from([Command.CONFIRM, Command.DENY, 0, 7, 127, 128, 255]), st.none() | _unread
) | _frames(st.sampled_from([Command.UPLOAD, Command.ANSWER]), _unknown_kind)

frames = st.sampled_from(list(Kind)).flatmap(frames_of) | others
