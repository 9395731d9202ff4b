"""File names as people send them, made harmless: no folders, no control or direction characters, no device names."""

import unicodedata
from pathlib import PurePosixPath

LONGEST = 120
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
_UNSAFE = set('<>:"|?*;`$&')


def clean_name(name: str, *, extension: str) -> str:
    """The name that we show and give out. It ends in `extension`, whatever it ended in before."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    # Category C: control, direction overrides ("cod.exe" shown backwards), surrogates, unassigned.
    kept = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C" and letter not in _UNSAFE)
    stem = PurePosixPath(kept).stem.strip(" .") or "file"
    if stem.lower().split(".")[0] in _DEVICES:
        stem = f"_{stem}"
    return f"{stem[: LONGEST - len(extension) - 1].rstrip(' .')}.{extension}"


def extension_of(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).suffix.lower().lstrip(".")
