"""Addresses that exist in the suite only: they tell what the database thinks of whoever asks."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views.defaults import permission_denied

from core.doors import Audience, door
from dealers.models import Contact, Dealer

_LISTING = engines["django"].from_string("{% for dealer in dealers %}[{{ dealer.name }}]{% endfor %}")


def _whoami(request: HttpRequest) -> JsonResponse:
    with connection.cursor() as cursor:
        cursor.execute("select session_user, current_user, current_setting('app.dealer_id', true)")
        login, role, dealer = cursor.fetchone()
    return JsonResponse({"login": login, "role": role, "dealer": dealer})


@door(Audience.DEALER)
def rendered_late(request: HttpRequest) -> TemplateResponse:
    """The template asks the database when the view has long returned."""
    return TemplateResponse(request, _LISTING, {"dealers": Dealer.objects.all()})


def _rename_and_answer(request: HttpRequest, status: int) -> HttpResponse:
    Contact.objects.update(name="Renamed")
    return HttpResponse(status=status)


@door(Audience.PORTAL, methods=("GET", "POST"))
def rename_then_forbid(request: HttpRequest) -> HttpResponse:
    Contact.objects.update(name="Renamed")
    return permission_denied(request, exception=Exception())


@door(Audience.PORTAL)
def rename_then_break(request: HttpRequest) -> HttpResponse:
    Contact.objects.update(name="Renamed")
    raise RuntimeError("on purpose")


@door(Audience.PORTAL)
def streamed(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(dealer.name for dealer in Dealer.objects.all())


urlpatterns: list[URLPattern | URLResolver] = [
    *(path(f"whoami/{one}/", door(one)(_whoami)) for one in Audience),
    path("late/", rendered_late),
    path("answer/<int:status>/", door(Audience.PORTAL, methods=("POST",))(_rename_and_answer)),
    path("kept/<int:status>/", door(Audience.PORTAL, methods=("POST",), keeps=True)(_rename_and_answer)),
    path("forbid/", rename_then_forbid),
    path("break/", rename_then_break),
    path("streamed/", streamed),
    path("undeclared/", _whoami),
    path("", include("config.urls")),
]
