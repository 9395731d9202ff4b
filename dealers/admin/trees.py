from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.administration import HouseAdmin
from core.models.schedule import check_zone
from dealers.models.tree import Node
from dealers.services import trees


class NodeForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean_parent(self) -> Node | None:
        """The verb refuses as well; here the fault stands beside the field and the rest stays typed."""
        parent: Node | None = self.cleaned_data["parent"]
        node: Node = self.instance
        if parent and node.pk and node.low <= parent.low <= node.high:
            raise ValidationError(_("Nothing can become a part of itself."))
        return parent

    def clean_time_zone(self) -> str:
        """Only territories have one; empty means that of the place above."""
        zone: str = self.cleaned_data["time_zone"]
        if zone:
            check_zone(zone)
        return zone


class NodeAdmin(HouseAdmin):
    """A new place in the tree is given by the verbs, so that the numbers stay nested."""

    form = NodeForm
    list_display: tuple[str, ...] = ("name", "name_zh", "code", "depth", "is_archived")
    list_filter = ("is_archived", "depth")
    search_fields = ("name", "name_zh", "code")
    autocomplete_fields = ("parent",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            trees.plant(obj)
            return
        target = obj.parent
        obj.parent_id = form.initial["parent"]
        obj.save()
        if "parent" in form.changed_data:
            trees.move(obj, target, by=request.user)  # type: ignore[arg-type]
