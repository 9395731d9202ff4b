"""Every address of the portal. Each view carries its door; other packages' doors stand in `config/doors.py`."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from core.views import exports, health, jobs, search, switches
from dealers.views import home

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("language/", switches.set_language, name="set_language"),
    path("theme/", switches.set_theme, name="set_theme"),
    path("jobs/<str:public_id>/", jobs.job, name="job"),
    path("jobs/<str:public_id>/cancel/", jobs.cancel, name="job_cancel"),
    path("accounts/", include("config.account_urls")),
    path("admin/", admin.site.urls),
    path("search/", search.search, name="search"),
    path("exports/<str:public_id>/", exports.export_file, name="export_file"),
    path("", home.home, name="home"),
    path("", include("dealers.urls")),
    path("", include("ledger.urls")),
    path("", include("contracts.urls")),
    path("", include("onboarding.urls")),
    path("", include("performance.urls")),
    path("", include("communications.urls")),
]

handler400 = "core.views.errors.bad_request"
handler403 = "core.views.errors.permission_denied"
handler404 = "core.views.errors.page_not_found"
handler429 = "core.views.errors.too_many_requests"  # asked for by allauth
handler500 = "core.views.errors.server_error"
