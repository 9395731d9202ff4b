"""How every form of the portal is drawn: label, field, hint, fault beside the field, all tied together for readers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext as _

_PLAIN = (forms.HiddenInput, forms.MultipleHiddenInput)
_CHOICE = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)
_RIGHT_ALIGNED = (forms.DecimalField, forms.IntegerField, forms.DateField, forms.DateTimeField)


class PortalBoundField(BoundField):
    """A field that brings the classes of the house to its widget; a class set on the widget stays beside them."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        classes = [str(widget.attrs.get("class", "")), self._house_class(widget)]
        if self.errors:
            classes.append("is-invalid")
        if not isinstance(widget, _PLAIN):
            attrs["class"] = " ".join(filter(None, classes))
        return attrs

    @property
    def is_single_check(self) -> bool:
        """One box with its words behind it, as for “I have read the terms”."""
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_choice(self) -> bool:
        """Radio buttons or check boxes under a common heading."""
        return isinstance(self.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple))

    def _house_class(self, widget: forms.Widget) -> str:
        if isinstance(widget, _CHOICE):
            return "form-check-input"
        if isinstance(widget, forms.Select):
            return "form-select"
        if isinstance(self.field, _RIGHT_ALIGNED):
            return "form-control num"
        return "form-control"


class PortalRenderer(TemplatesSetting):
    """Forms from `templates/forms/`; widgets stay Django's own, so that the admin keeps its look."""

    form_template_name = "forms/form.html"
    formset_template_name = "forms/formset.html"
    field_template_name = "forms/field.html"
    bound_field_class = PortalBoundField


class FilePicker(forms.FileInput):
    """A file field in the reader's language: the browser's own speaks the browser's. A file may be dropped on it."""

    template_name = "forms/file_picker.html"


class RowFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """Rows of one list, of which some may be taken out: the list says “remove”, and nothing is deleted for good."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if self.can_delete:
            form.fields["DELETE"].label = _("Remove")
