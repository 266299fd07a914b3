"""Rules of the house that every template, style and icon of every app must keep."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import reverse

import anlan
from anlan.kernel.ui import home, nav, tokens

SOURCE = Path(anlan.__file__).parent
ICONS = (SOURCE.parents[1] / "frontend" / "icons.txt").read_text().split()
TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))
# Each would need a hole in the policy of contents, through which injected code could come too.
FORBIDDEN = {
    "a script in the page": re.compile(r"<script(?![^>]*\bsrc=)", re.I),
    "a style in the page": re.compile(r"<style\b|\sstyle\s*=", re.I),
    "a script in an attribute": re.compile(r"\son[a-z]+\s*=|javascript:|hx-on", re.I),
    "text taken for markup": re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off"),
    "another host": re.compile(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//""", re.I),
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_templates_keep_the_policy_of_contents(path: Path) -> None:
    text = path.read_text()
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(text)] == []


def test_every_icon_is_in_the_sprite() -> None:
    used = {entry.icon for entry in nav._entries.values()}
    for table in (tokens.STATES, tokens.SEVERITIES, tokens.LEVELS):
        used |= {token.icon for token in table.values()}
    for path in TEMPLATES:
        used |= set(re.findall(r"""\bicon(?:_name)?[ =]"([a-z0-9-]+)\"""", path.read_text()))
    assert used - set(ICONS) == set()


def test_every_entry_and_first_page_leads_somewhere() -> None:
    for url_name in [*nav._entries, *home._offers]:
        assert reverse(url_name).startswith("/")


def colours() -> dict[str, str]:
    text = (SOURCE / "kernel/ui/static/ui/tokens.css").read_text()
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", text))


TONES = ("red", "orange", "yellow", "blue")


@pytest.mark.parametrize(
    ("text", "ground"),
    [(f"{tone}-ink", f"{tone}-soft") for tone in (*TONES, "green", "grey")]
    + [(f"{tone}-on", f"{tone}-solid") for tone in TONES]
    + [("ink", "paper"), ("ink", "ground"), ("ink-2", "paper"), ("ink-2", "ground")]
    + [("brand", "paper"), ("brand-2", "brand-soft"), ("paper", "brand")],
)
def test_text_stands_out_from_its_ground(text: str, ground: str) -> None:
    """WCAG 2.1, 1.4.3: at least 4.5 : 1."""
    light, dark = sorted((luminance(colours()[name]) for name in (text, ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` as WCAG 2.1 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_no_two_states_look_alike_without_colour() -> None:
    for table in (tokens.STATES, tokens.SEVERITIES):
        assert len({token.label for token in table.values()}) == len(table)
    assert len({token.icon for token in tokens.STATES.values()}) == len(tokens.STATES)
