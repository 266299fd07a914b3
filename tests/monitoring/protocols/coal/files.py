"""Files of an invented mine, for tests."""

from __future__ import annotations

from hypothesis import strategies as st

from anlan.monitoring.protocols.coal import LAYOUTS, File, Record
from anlan.monitoring.protocols.coal.layouts import Field, Form
from anlan.monitoring.protocols.coal.records import NO_TIME

AT = "2026-11-26 08:00:00"
HEAD = ("140000000001", "样例矿", AT)
VALUES = (
    ("01MN0001", "环境瓦斯", "3号煤回风隅角", "0.42", "%CH4", "0", AT),
    ("01MN0002", "CO", "皮带机头", "", "ppm", "4", AT),
    ("01KG0003", "风筒", "掘进头", "有风", "", "0", AT),
)
CDSS = File(
    "CDSS",
    Record("CDSS", HEAD, head=True),
    tuple(Record("CDSS", values) for values in VALUES),
)
TEXT = "~".join(";".join(values) for values in (HEAD, *VALUES)) + "~||"

_texts = {
    Form.TEXT: st.text(st.sampled_from("aB09.-_() 煤矿é、"), max_size=8).map(str.strip),
    Form.NUMBER: st.sampled_from(["", "0", "-1.5", "+.5", "100."]),
    Form.TIME: st.sampled_from(["", AT, NO_TIME, "2024-02-29 23:59:59"]),
}


def _record(kind: str, fields: tuple[Field, ...], *, head: bool) -> st.SearchStrategy[Record]:
    # A first field is never empty: a record of blanks alone is no record.
    values = st.tuples(st.just("1"), *(_texts[field.form] for field in fields[1:]))
    return values.map(lambda found: Record(kind, found, head))


@st.composite
def files(draw: st.DrawFn) -> File:
    layout = draw(st.sampled_from(list(LAYOUTS.values())))
    head = draw(_record(layout.kind, layout.head, head=True))
    records = draw(st.lists(_record(layout.kind, layout.fields, head=False), max_size=4))
    return File(layout.kind, head, tuple(records))
