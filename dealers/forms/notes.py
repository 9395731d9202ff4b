from django import forms
from django.utils.translation import gettext_lazy as _

from dealers.models import InternalNote


class NoteForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = InternalNote
        fields = ["text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"text": _("For our people only. The dealer never sees it.")}
