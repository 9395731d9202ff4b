"""Two names for one thing: the Latin one and the local one, by the reader's language."""

from typing import TypedDict

from django.db import models
from django.db.models import F
from django.db.models.functions import JSONObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Names(TypedDict):
    """Both names of a row that was not read itself; see `names_of`."""

    name: str
    name_zh: str


def names_of(path: str) -> JSONObject:
    """For a statement that wants no more of a row than what it is called; `path` leads there."""
    return JSONObject(name=F(f"{path}__name"), name_zh=F(f"{path}__name_zh"))


def local_of(name: str, name_zh: str) -> str:
    """The name in the reader's language, the other one where it is missing."""
    return name_zh if name_zh and (get_language() or "").startswith("zh") else name


class Named(models.Model):
    """Has `name` and, where there is one, a Chinese `name_zh`."""

    name = models.CharField(_("name"), max_length=200)
    name_zh = models.CharField(_("Chinese name"), max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.local_name

    @property
    def local_name(self) -> str:
        """The name in the reader's language, the other one where it is missing."""
        return local_of(self.name, self.name_zh)

    @property
    def other_name(self) -> str:
        """The name that `local_name` did not show; empty where there is only one."""
        return (self.name if self.local_name == self.name_zh else self.name_zh) if self.name_zh else ""
