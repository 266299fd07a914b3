"""Benchmark of the registry's map; prints Markdown: ``python -m tests.bench.bench_map``.

So many sites of this city, nine in ten with a location, written past the triggers. Measured are the
one query that counts the cells, and the whole page in the test client, for a viewer of all.
"""

from __future__ import annotations

import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SIZES = (1_000, 10_000, 100_000)
RUNS = 9

FILL = """
INSERT INTO registry_site (name, name_key, sector_id, area_id, address, regulator_reason, business,
                           latitude, longitude, grade, is_demo, revision, kind, token)
SELECT '场所' || n, '场所' || n, s.id, a.id, '', '', 'running',
       CASE WHEN n %% 10 > 0 THEN 36.8 + random() * 1.8 END,
       CASE WHEN n %% 10 > 0 THEN 110.5 + random() * 1.6 END,
       (ARRAY['', 'red', 'orange', 'yellow', 'blue'])[1 + n %% 5], false, 1, 'venue', 't' || n
FROM generate_series(1, %s) n
JOIN LATERAL (SELECT id FROM registry_sector WHERE code = 'bench') s ON true
JOIN LATERAL (SELECT id FROM orgs_area WHERE code = '141102') a ON true
"""


def main() -> None:
    """Fill and measure, size by size."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ.setdefault("ANLAN_VAR", tempfile.mkdtemp(prefix="anlan-bench-"))
    import django

    django.setup()
    from django.conf import settings

    from anlan.config import embedded

    folder = Path(settings.VAR)
    folder.mkdir(parents=True, exist_ok=True)
    with embedded.server(folder):
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        print(f"{platform.python_version()}, {os.cpu_count()} cores, median of {RUNS}\n")
        print("| Sites | cells | counting query | whole page |\n|---|---|---|---|")
        for each in _measured():
            print(f"| {' | '.join(each)} |", flush=True)
        connection.close_pool()


def _measured() -> list[tuple[str, ...]]:
    from django.db import connection

    from anlan.kernel.access.roles import Role
    from anlan.kernel.orgs import maps
    from anlan.kernel.orgs.models import Area
    from anlan.kernel.orgs.places import outlines
    from anlan.registry.locations import Grid
    from anlan.registry.models import Sector, Site
    from tests import factories
    from tests.kernel.access import town
    from tests.kernel.access.conftest import browser

    city = town.build()
    for code in outlines():
        path = f"{city.city.path}/{code}"
        Area.objects.create(code=code, name=code, level="county", parent=city.city, path=path)
    Sector.objects.create(code="bench", name="试")
    chief = factories.user(city, "chief", Role.SCO_CHIEF, organisation=city.office)
    client = browser(chief)
    drawn = maps.counties(frozenset(outlines()))
    if drawn is None:
        raise SystemExit("no outlines on file")
    grid, lines = Grid(drawn), []
    for size in SIZES:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("TRUNCATE registry_site CASCADE")
            cursor.execute(FILL, [size])
            cursor.execute("SET session_replication_role = origin")
            cursor.execute("ANALYZE registry_site")
        cells = len(grid.count(Site.objects.all()).clusters)
        query = _median(lambda: grid.count(Site.objects.visible_to(_actor(chief)).standing()))
        page = _median(lambda: client.get("/registry/map/"))
        lines.append((f"{size:,}", str(cells), f"{query:.0f} ms", f"{page:.0f} ms"))
    return lines


def _actor(user: object) -> object:
    from tests.kernel.access.conftest import actor

    return actor(user)


def _median(do: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        do()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
