from django import forms

from dealers.models import Contact


class ContactForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Contact
        fields = ["name", "duty", "title", "email", "phone", "signs_contracts"]
