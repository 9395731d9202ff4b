"""Addresses of communications, under the namespace `communications`. One list per concept."""

from django.urls import URLPattern, URLResolver, path

from communications.views import failures
from communications.views import notices as notice_views

app_name = "communications"
notices: list[URLPattern | URLResolver] = [
    path("notices/", notice_views.bell, name="bell"),
    path("notices/read/", notice_views.read_all, name="read_all"),
    path("notices/preferences/", notice_views.preferences, name="preferences"),
    path("notices/failed/", failures.failures, name="failures"),
    path("notices/failed/jobs/<str:public_id>/retry/", failures.retry_job, name="retry_job"),
    path("notices/failed/<str:public_id>/send/", failures.send_again, name="send_again"),
    path("notices/<str:public_id>/", notice_views.notice, name="notice"),
]

urlpatterns = [*notices]
