"""What starting a server needs from the operating system: a lock, a listener, a trusted process id, a plain user."""

import contextlib
import ctypes
import fcntl
import os
import pwd
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

SOCKET_PATH_LIMIT = 103 if sys.platform == "darwin" else 107


class NotStarted(Exception):  # noqa: N818  (it reads as what happened)
    """A server could not be started. The text is one sentence for the person at the terminal, with what to do."""


@contextlib.contextmanager
def locked(path: Path, *, shared: bool = False, wait: bool = True) -> Iterator[None]:
    """One process at a time, or several that share; the lock goes with the process, however that ends.

    Without `wait`, BlockingIOError says that somebody else holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
        yield


def listens(path: Path) -> bool:
    """Does somebody accept connections on this unix socket?"""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2)
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True


def check_socket_path(path: Path) -> None:
    if len(os.fsencode(path)) > SOCKET_PATH_LIMIT:
        raise NotStarted(
            f"The path {path} is longer than the {SOCKET_PATH_LIMIT} bytes that a socket's address may have: "
            "set ENTENTE_VAR to a folder with a shorter path."
        )


def runs(pid: int, program: str, mentioning: str = "") -> bool:
    """Is this process alive *and* the program meant? A process id alone may belong to somebody else by now."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE or program not in process.name():
            return False
        return mentioning in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True  # cannot be told apart: rather wait for it than take its files away


# ---- PostgreSQL refuses to run as root: a plain user stands in ---------------------------------
def plain_user(folder: Path) -> pwd.struct_passwd | None:
    """Who runs a server when we are root: the folder's owner if that is somebody else, else nobody."""
    if os.geteuid() != 0:
        return None
    owner = folder.stat().st_uid if folder.exists() else 0
    with contextlib.suppress(KeyError):
        if owner:
            return pwd.getpwuid(owner)
    return pwd.getpwnam("nobody")


def becoming(user: pwd.struct_passwd | None, paths: list[Path]) -> Callable[[], None] | None:
    """What a child does before it becomes the program: give root up, and keep only what reaching `paths` needs.

    A checkout under /root is closed to every plain user. Instead of opening folders, the child keeps the one
    capability that passes folder permissions (Linux); it is not root and owns nothing but its data.
    """
    if user is None:
        return None
    closed = not all(_reaches(user, path) for path in paths)
    if closed and sys.platform != "linux":
        raise NotStarted(
            f"PostgreSQL does not run as root and the user {user.pw_name} cannot enter {paths[0]}: "
            "run as a plain user, or set ENTENTE_VAR to a folder that everybody may enter."
        )

    def become() -> None:
        if closed:
            _prctl(_KEEP_CAPABILITIES, 1)
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)
        if closed:
            _keep_folder_capability()

    return become


def _reaches(user: pwd.struct_passwd, path: Path) -> bool:
    for folder in path.resolve().parents:
        if not folder.exists():
            continue
        status = folder.stat()
        if status.st_uid == user.pw_uid:
            wanted = stat.S_IXUSR
        else:
            wanted = stat.S_IXGRP if status.st_gid == user.pw_gid else stat.S_IXOTH
        if not status.st_mode & wanted:
            return False
    return True


_KEEP_CAPABILITIES, _AMBIENT, _AMBIENT_RAISE = 8, 47, 2  # numbers from linux/prctl.h
_DAC_OVERRIDE = 1
_CAPABILITY_VERSION = 0x20080522


def _prctl(*numbers: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(*numbers, *[0] * (5 - len(numbers))):
        raise OSError(ctypes.get_errno(), "prctl")


def _keep_folder_capability() -> None:
    mask = 1 << _DAC_OVERRIDE
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    sets = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)  # effective, permitted, inheritable; upper halves empty
    if ctypes.CDLL(None, use_errno=True).capset(header, sets):
        raise OSError(ctypes.get_errno(), "capset")
    _prctl(_AMBIENT, _AMBIENT_RAISE, _DAC_OVERRIDE)
