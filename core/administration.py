"""The house's way of using Django's admin: administrators only, nothing is deleted, every change is an event."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin, messages
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from core.errors import Refused


class ForAdministrators:
    """Whoever may enter may see, add and change; nobody deletes. For pages and for what stands inside them."""

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return _is_administrator(request)

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return _is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return _is_administrator(request)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class HouseAdmin(ForAdministrators, admin.ModelAdmin):  # type: ignore[type-arg]
    """What is changed here leaves an event beside Django's own history; the site knows how to record it."""

    actions: tuple[str, ...] = ()
    list_per_page = 50
    show_full_result_count = False
    save_on_top = False
    view_on_site = False  # administrators have no rights on the portal's pages

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _is_administrator(request)

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        self.admin_site.note("added", obj, by=request.user, details=message)  # type: ignore[attr-defined]
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        if message:  # saved without a change: nothing happened
            self.admin_site.note("changed", obj, by=request.user, details=message)  # type: ignore[attr-defined]
        return super().log_change(request, obj, message)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Mapping[str, Any] | None = None,
    ) -> HttpResponse:
        """A verb's refusal is a message on the page, not a failure."""
        try:
            with transaction.atomic():
                return super().changeform_view(request, object_id, form_url, dict(extra_context or {}))
        except Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())


class ReadOnlyAdmin(HouseAdmin):
    """For looking only."""

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


def _is_administrator(request: HttpRequest) -> bool:
    user: Any = request.user
    return bool(user.is_active and user.is_staff)
