"""The administration: Django's own, behind our door, our sign-in and our second factor."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _


class EntenteAdminSite(AdminSite):
    site_title = _("Entente administration")
    site_header = _("Entente administration")
    index_title = _("Users, roles, places and schedules")
    enable_nav_sidebar = True

    def note(self, what: str, obj: Model, *, by: Any, details: Any) -> None:
        """One event for what was added or changed."""
        from dealers import events  # needs the models, which are loaded after this module

        events.record(f"admin.{what}", obj, by=by, data={"model": obj._meta.label_lower, "details": details})

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one way in. Who is here has come through it."""
        return redirect("admin:index")

    def logout(  # type: ignore[override]  # Django says a page where a redirect will do as well
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_logout")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")

    def password_change_done(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("admin:index")


class EntenteAdminConfig(AdminConfig):
    default_site = "config.admin.EntenteAdminSite"
