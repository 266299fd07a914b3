"""Whom PostgreSQL runs as: us, or, since it refuses to run as root, a system user made for it."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
from pathlib import Path
from typing import Any

from anlan.config.errors import SetupError

NAME = "anlan-postgres"


def find() -> pwd.struct_passwd | None:
    """The system user for PostgreSQL, made if need be; None if we are not root and run it."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        _make()
        return pwd.getpwnam(NAME)


def run_as(user: pwd.struct_passwd | None) -> dict[str, Any]:
    """The arguments for ``subprocess`` that make a program run as ``user``."""
    if user is None:
        return {}
    return {
        "user": user.pw_uid,
        "group": user.pw_gid,
        "extra_groups": [],
        # The surroundings of root are none of its business.
        "env": {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
    }


def make_private(folder: Path, user: pwd.struct_passwd | None) -> None:
    """Make ``folder`` if it is missing; nobody but its owner may enter it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
        owner = user.pw_uid if user else os.geteuid()
        if folder.stat().st_uid != owner:
            raise SetupError(
                f"文件夹 {folder} 属于另一个用户（编号 {folder.stat().st_uid}）。"
                "请用原来的用户运行，或用 ANLAN_VAR 另选数据文件夹。"
            )
        folder.chmod(0o700)
    except OSError as error:
        raise SetupError(
            f"不能准备数据文件夹 {folder}：{error.strerror}。请用 ANLAN_VAR 另选数据文件夹。"
        ) from error


def open_way(path: Path, user: pwd.struct_passwd | None) -> None:
    """Let ``user`` pass through the folders above ``path``: search only, never list or read."""
    if user is None:
        return
    for folder in path.resolve().parents:
        if not _may(folder.stat(), user, stat.S_IXOTH):
            _grant_search(folder, user)


def open_programs(folder: Path, user: pwd.struct_passwd | None) -> None:
    """Let ``user`` read and run what lies in ``folder``, which a strict umask may have shut."""
    if user is None:
        return
    open_way(folder, user)
    if _may(folder.stat(), user, stat.S_IXOTH | stat.S_IROTH):
        return
    for path in [*folder.rglob("*"), folder]:  # itself last: it tells that all is done
        mode = path.stat().st_mode
        path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))


def _make() -> None:
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/",
               "--shell", "/usr/sbin/nologin", NAME]  # fmt: skip
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", "") or str(error)
        raise SetupError(
            f"PostgreSQL 不能以 root 运行，而系统用户 {NAME} 没有建成：{said.strip()}。"
            f"请用普通用户运行，或先建好这个用户：{' '.join(command)}"
        ) from error


def _may(status: os.stat_result, user: pwd.struct_passwd, rights: int) -> bool:
    if status.st_uid == user.pw_uid:
        rights <<= 6
    elif status.st_gid == user.pw_gid:
        rights <<= 3
    return status.st_mode & rights == rights


def _grant_search(folder: Path, user: pwd.struct_passwd) -> None:
    mode = folder.stat().st_mode
    try:
        if mode & stat.S_IRWXG:
            folder.chmod(mode | stat.S_IXOTH)
        else:  # nobody's rights change: the group had none
            os.chown(folder, -1, user.pw_gid)
            folder.chmod(mode | stat.S_IXGRP)
    except OSError as error:
        raise SetupError(
            f"数据库用户 {user.pw_name} 进不去 {folder}（{error.strerror}）。"
            "请把程序和数据文件夹（ANLAN_VAR）放到其他用户可以经过的位置，例如 /srv 或 /opt。"
        ) from error
