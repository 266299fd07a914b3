"""Folders on small file systems of their own, that can be filled to the last byte.

They lie in memory (tmpfs) and in a mount namespace of the command's own, so that nobody needs to be
root: whoever is not becomes root of a namespace to mount them, and in it again who he was, since
PostgreSQL refuses to be run by root.
"""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

MOUNT = """
set -e
base=$1; shift
while [ "$1" != -- ]; do
  mkdir -p "$base/$2"; mount -t tmpfs -o "size=$1m,mode=0755" anlan "$base/$2"; shift 2
done
shift; exec "$@"
"""
FILL_SECONDS = 0.02


def mounted(base: Path, disks: Mapping[str, int], command: Sequence[str]) -> list[str]:
    """``command`` where each folder of ``disks``, below ``base``, is a file system of so many MB
    ("" is ``base`` itself)."""
    pairs = [word for name, size in disks.items() for word in (str(size), name)]
    script = ["sh", "-c", MOUNT, "sh", str(base), *pairs, "--"]
    if os.geteuid() == 0:
        return ["unshare", "--mount", *script, *command]
    own = ["--user", f"--map-user={os.geteuid()}", f"--map-group={os.getegid()}"]
    return ["unshare", "--user", "--map-root-user", "--mount", *script, "unshare", *own, *command]


def possible(base: Path) -> bool:
    """Whether this system lets us mount."""
    done = subprocess.run(mounted(base, {"": 1}, ["true"]), check=False, capture_output=True)
    return done.returncode == 0


@contextmanager
def full(*folders: Path) -> Iterator[None]:
    """Not a byte is free inside the ``with`` block, whatever others give back meanwhile."""
    files = [(each / "ballast").open("wb") for each in folders]
    stop = Event()

    def fill() -> None:
        while not stop.wait(FILL_SECONDS):
            for each in files:
                _take_what_is_free(each.fileno())

    for each in files:
        _take_what_is_free(each.fileno())
    filling = Thread(target=fill, daemon=True)
    filling.start()
    try:
        yield
    finally:
        stop.set()
        filling.join()
        for each in files:
            Path(each.name).unlink()
            each.close()


def _take_what_is_free(file: int) -> None:
    disk = os.fstatvfs(file)
    if free := disk.f_bfree * disk.f_frsize:
        try:
            os.posix_fallocate(file, os.fstat(file).st_size, free)
        except OSError as error:
            if error.errno != errno.ENOSPC:  # others were faster: the next time takes the rest
                raise
