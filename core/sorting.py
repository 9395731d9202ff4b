"""The key by which names are put in order: one alphabet for every script, so that one index serves the list.

A verb that saves a name stores the key beside it: `dealer.sort_key = sort_key(dealer.name)`.
"""

import re
import unicodedata

LENGTH = 240
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+")
_NUMBER = re.compile(r"\d+")
_GAPS = re.compile(r"[^\w]+")


def sort_key(name: str, *more: str) -> str:
    """How a name sorts: Chinese by pinyin, accents and case set aside, numbers by their value.

    `more` breaks ties between equal names, for example the name in the other script.
    """
    return " ".join(filter(None, (_plain(one) for one in (name, *more))))[:LENGTH].rstrip()


def _plain(name: str) -> str:
    spelt = _HAN.sub(lambda run: f" {_pinyin(run.group())} ", unicodedata.normalize("NFKC", name))
    bare = "".join(c for c in unicodedata.normalize("NFKD", spelt.casefold()) if not unicodedata.combining(c))
    padded = _NUMBER.sub(lambda digits: digits.group().lstrip("0").rjust(9, "0"), bare)
    return _GAPS.sub(" ", padded).strip()


def _pinyin(run: str) -> str:
    """Word by word, so that a character with two readings gets the right one (重庆 chong qing, 重要 zhong yao)."""
    from pypinyin import lazy_pinyin  # its dictionaries take a moment to load: only who saves a Chinese name pays

    return " ".join(lazy_pinyin(run))
