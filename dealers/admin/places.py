from django import forms
from django.contrib import admin

from core import countries
from core.administration import HouseAdmin
from core.models.schedule import check_zone
from dealers.admin.trees import NodeAdmin
from dealers.forms.dealers import CountryField
from dealers.models import Company, Terminal, Territory


@admin.register(Territory)
class TerritoryAdmin(NodeAdmin):
    list_display = ("name", "name_zh", "code", "kind_of_place", "parent", "is_archived")
    list_select_related = ("parent",)
    fields = ("parent", "code", "name", "name_zh", "level", "time_zone", "is_archived")

    @admin.display(description=Territory._meta.get_field("level").verbose_name, ordering="level")
    def kind_of_place(self, territory: Territory) -> str:
        return territory.level_name


class CompanyForm(forms.ModelForm):  # type: ignore[type-arg]
    country = CountryField(required=True)

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        check_zone(zone)
        return zone


@admin.register(Company)
class CompanyAdmin(HouseAdmin):
    form = CompanyForm
    list_display = ("name", "name_zh", "code", "place", "currency", "is_archived")
    search_fields = ("name", "name_zh", "code")

    @admin.display(description=Company._meta.get_field("country").verbose_name, ordering="country")
    def place(self, company: Company) -> str:
        return countries.name(company.country)


@admin.register(Terminal)
class TerminalAdmin(HouseAdmin):
    list_display = ("name", "name_zh", "code", "outlet_class", "territory", "is_archived")
    list_select_related = ("territory",)
    list_filter = ("outlet_class", "is_archived")
    search_fields = ("name", "name_zh", "code")
    autocomplete_fields = ("territory",)
