"""A small invented city, and all of Lüliang."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction

from anlan.kernel.access.actor import system
from anlan.kernel.orgs.loading import load
from anlan.kernel.orgs.models import Area

LULIANG = Path(__file__).parents[3] / "data" / "luliang"

DIVISIONS = """\
code,name,level,parent
999900,澄江市,city,
999901,东山县,county,999900
999902,西河区,county,999900
9999KFQ,澄江高新区,zone,999900
999901100,石桥镇,township,999901
999901400,东山工业园,park,999901
999902001,河口街道,township,999902
999902100,石桥镇,township,999902
999901100200,上湾村委会,village,999901100
999901100201,柳树村村委会,village,999901100
999902001001,河口社区居委会,village,999902001
"""

ORGANISATIONS = """\
source: invented
area: "999900"
valid_from: 2025-01-01
organisations:
  - {code: 999900-government, name: 澄江市人民政府, short: 市政府, kind: government, parent: null}
  - {code: 999900-emergency, name: 澄江市应急管理局, short: 市应急局, names: [市安监局]}
  - {code: 999900-housing, name: 澄江市住房和城乡建设局, short: 市住建局}
  - {code: 999900-water, name: 澄江市水利局, short: 市水利局, verified: false}
  - {code: 999900-committee, name: 澄江市安全生产委员会, short: 市安委会, kind: committee}
  - code: 999900-office
    name: 澄江市安全生产委员会办公室
    short: 市安委办
    kind: office
    parent: 999900-committee
    host: 999900-emergency
each:
  - {level: county, suffix: government, name: "{area}人民政府", short: "{area}政府",
     kind: government, parent: outer, names: ["{area}", "{plain}"]}
  - {level: county, suffix: emergency, name: "{area}应急管理局", short: "{area}应急局",
     parent: government, verified: false}
  - {level: zone, suffix: government, name: "{area}管理委员会", short: 高新区,
     kind: government, parent: outer, names: ["{area}"]}
  - {level: township, ending: [镇], suffix: government, name: "{outer}{area}人民政府",
     short: "{area}", kind: government, parent: outer}
  - {level: township, ending: [街道], suffix: government, name: "{outer}{area}办事处",
     short: "{area}", kind: government, parent: outer}
  - {level: village, suffix: committee, name: "{outer}{area}", short: "{area}", kind: village,
     parent: outer}
groups:
  - code: 999900-members
    name: 市安委会成员单位
    aliases: [市安委会有关成员单位]
    verified: false
    note: 待核实
    members: [999900-emergency, 999900-housing]
  - code: 999900-counties
    name: 各县（市、区）人民政府
    members: {kind: government, level: county}
  - code: 999900-townships
    name: 各乡镇（街道）
    members: {kind: government, level: township}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of the invented city 澄江市; tests may edit them."""
    (tmp_path / "divisions.csv").write_text(DIVISIONS, encoding="utf-8")
    (tmp_path / "organisations.yaml").write_text(ORGANISATIONS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def city(db: None, folder: Path) -> Area:
    """澄江市, loaded."""
    load(folder, actor=system())
    return Area.objects.get(code="999900")


@pytest.fixture(scope="module")
def luliang(django_db_setup: None, django_db_blocker) -> Iterator[Area]:
    """All of Lüliang, loaded once for a module. Do not mix with ``db`` in one module."""
    with django_db_blocker.unblock(), transaction.atomic():
        load(LULIANG, actor=system())
        yield Area.objects.get(code="141100")
        transaction.set_rollback(True)
