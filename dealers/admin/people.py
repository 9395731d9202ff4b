from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import Group, Permission
from django.db.models import Field, ForeignKey, ManyToManyField, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.administration import ForAdministrators, HouseAdmin, ReadOnlyAdmin
from core.errors import Refused
from core.models.schedule import check_zone
from dealers import mobile, step_up
from dealers.models import Assignment, SignIn, User
from dealers.roles import BY_CODE
from dealers.services import accounts, people

DEALERS_ROLES = [role.code for role in BY_CODE.values() if role.is_dealers]
OUR_ROLES = [role.code for role in BY_CODE.values() if not role.is_dealers]
for _registered in [*admin.site._registry]:
    # Other packages' pages for accounts would go round our verbs and walls.
    if _registered._meta.app_label in {"auth", "account", "mfa"}:
        admin.site.unregister(_registered)


# Rights on what others brought along; no role of ours is made of them.
FOREIGN = ("admin", "auth", "account", "mfa", "contenttypes", "sessions")
ACTIONS = {
    "add": pgettext_lazy("right", "add"),
    "change": pgettext_lazy("right", "change"),
    "delete": pgettext_lazy("right", "delete"),
    "view": pgettext_lazy("right", "view"),
}


def role_title(group: Group) -> str:
    return str(BY_CODE[group.name].title) if group.name in BY_CODE else group.name


def right_title(right: Permission) -> str:
    """“dealer · view”, or the sentence that the model gives to a right of its own."""
    action = right.codename.partition("_")[0]
    words = ACTIONS[action] if right.name.startswith(f"Can {action} ") and action in ACTIONS else gettext(right.name)
    return f"{right.content_type.name} · {words}"


class RoleField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return role_title(obj)


class RolesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return role_title(obj)


class RightsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return right_title(obj)


class RoleFilter(admin.RelatedFieldListFilter):
    """Roles by their titles."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(group.pk), role_title(group)) for group in Group.objects.order_by("name")]


class AssignmentInline(ForAdministrators, admin.TabularInline):  # type: ignore[type-arg]
    """Where our people look, in which role. An assignment is ended, never deleted."""

    model = Assignment
    extra = 0
    autocomplete_fields = ("node", "line")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assignment]:
        return super().get_queryset(request).select_related("role")

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any], request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **kwargs | _roles(db_field))


class UserForm(forms.ModelForm):  # type: ignore[type-arg]
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    by: User  # whose page this is; set by `UserAdmin.get_form`

    def clean_email(self) -> str | None:
        return (self.cleaned_data["email"] or "").strip().lower() or None

    def clean_mobile(self) -> str | None:
        number = self.cleaned_data["mobile"]
        return mobile.normal(number) if number else None

    def clean_time_zone(self) -> str:
        """A zone that does not exist would shut its person out."""
        zone: str = self.cleaned_data["time_zone"]
        check_zone(zone)
        return zone

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if self.instance.kind != User.Kind.DEALER and typed.get("groups"):
            self.add_error("groups", _("Our people have their roles by assignments, below."))
        if not typed.get("is_active") and self.instance.pk == self.by.pk:
            self.add_error("is_active", _("Another administrator has to do this for you."))
        if self._leaves_nobody(typed):
            self.add_error(None, _("This is the last executive of the company. Invite another one first."))
        return typed

    def _leaves_nobody(self, typed: dict[str, Any]) -> bool:
        if self.instance.dealer is None:
            return False
        stays = typed.get("is_active") and any(group.name == people.EXECUTIVE for group in typed.get("groups", ()))
        left = people.executives(self.instance.dealer)
        return not stays and left.filter(pk=self.instance.pk).exists() and left.count() == 1


class RightsAdmin(HouseAdmin):
    """Accounts and rights are opened only right after a fresh proof of who is asking."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not step_up.recently_confirmed(request):
            return step_up.ask_again(request)
        return super().changeform_view(request, *args, **kwargs)


@admin.register(User)
class UserAdmin(RightsAdmin):
    """Accounts. They begin with an invitation, so nobody ever chooses another person's password."""

    form = UserForm
    actions = ("remove_second_factor",)
    list_display = ("name", "kind", "email", "mobile", "dealer", "is_active")
    list_select_related = ("dealer",)
    list_filter = ("kind", "is_active", ("groups", RoleFilter))
    search_fields = ("name", "email", "mobile")
    readonly_fields = ("kind", "dealer")  # an account keeps its side: who changes company gets a new one
    filter_horizontal = ("groups",)
    inlines = (AssignmentInline,)
    fieldsets = (
        (None, {"fields": ("kind", "dealer", "name", "title", "email", "mobile", "is_active")}),
        (_("Preferences"), {"fields": ("language", "time_zone")}),
        (_("Roles of a dealer's people"), {"fields": ("groups",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).exclude(kind=User.Kind.SYSTEM)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"by": request.user})

    @admin.action(description=_("Remove the second factor (lost telephone)"), permissions=["change"])
    def remove_second_factor(self, request: HttpRequest, chosen: QuerySet[User]) -> HttpResponse | None:
        if not step_up.recently_confirmed(request):
            return step_up.ask_again(request)
        for user in chosen:
            try:
                accounts.remove_second_factor(user, by=request.user)  # type: ignore[arg-type]  # the door let a User in
            except Refused as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
            else:
                done = _("%(name)s sets up a new second factor at the next sign-in.") % {"name": user}
                self.message_user(request, done, messages.SUCCESS)
        return None

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj and obj.kind == User.Kind.STAFF else ()

    def formfield_for_manytomany(self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs |= {"queryset": Group.objects.exclude(name__in=OUR_ROLES), "form_class": RolesField}
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(Group)
class RoleAdmin(RightsAdmin):
    """Roles: what is taken away here stays away, also after an upgrade."""

    list_display = ("title", "name")
    search_fields = ("name",)
    filter_horizontal = ("permissions",)

    @admin.display(description=_("Role"))
    def title(self, group: Group) -> str:
        return role_title(group)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Headed by the role's title."""
        group = self.get_object(request, object_id)
        titled = {"subtitle": role_title(group)} if group else {}
        return super().change_view(request, object_id, form_url, titled | (extra_context or {}))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("name",) if obj and obj.name in BY_CODE else ()

    def formfield_for_manytomany(self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "permissions":
            rights = Permission.objects.exclude(content_type__app_label__in=FOREIGN).select_related("content_type")
            kwargs |= {"queryset": rights, "form_class": RightsField}
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(Assignment)
class AssignmentAdmin(RightsAdmin):
    list_display = ("user", "title", "node", "line", "starts_on", "ends_on")
    list_select_related = ("user", "role", "node", "line")
    list_filter = (("role", RoleFilter),)
    search_fields = ("user__name", "user__email")
    autocomplete_fields = ("user", "node", "line")

    @admin.display(description=_("Role"), ordering="role__name")
    def title(self, assignment: Assignment) -> str:
        return role_title(assignment.role)

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any], request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **kwargs | _roles(db_field))


def _roles(db_field: Field[Any, Any]) -> dict[str, Any]:
    """An assignment carries one of our roles, never a dealer's."""
    if db_field.name != "role":
        return {}
    return {"queryset": Group.objects.exclude(name__in=DEALERS_ROLES), "form_class": RoleField}


@admin.register(SignIn)
class SignInAdmin(ReadOnlyAdmin):
    """Who came in, who did not: for looking only."""

    list_display = ("at", "what", "user", "address")
    list_select_related = ("user",)
    list_filter = ("what",)
    search_fields = ("user__name", "user__email", "address")
    fields = ("at", "what", "user", "address", "agent")
    ordering = ("-at", "-pk")
