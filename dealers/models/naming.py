"""Two names for one thing: the Latin one and the local one, by the reader's language."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


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
        return self.name_zh if self.name_zh and (get_language() or "").startswith("zh") else self.name

    @property
    def other_name(self) -> str:
        """The name that `local_name` did not show; empty where there is only one."""
        return (self.name if self.local_name == self.name_zh else self.name_zh) if self.name_zh else ""
