"""Where the front-end files lie that ``make setup`` fetches, asked before anything is begun."""

from __future__ import annotations

from pathlib import Path

from anlan.config.errors import NotSetUp

VENDOR = Path(__file__).resolve().parents[3] / "static-vendor"


def check_frontend(vendor: Path) -> None:
    """NotSetUp if the files were not fetched; then no page could be drawn. The stamp is the last
    that ``frontend/vendor.py`` writes."""
    if not (vendor / "stamp").is_file():
        raise NotSetUp("还没有前端文件，页面打不开。请先运行 make setup，再启动。")
