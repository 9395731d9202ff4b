"""One box for everything: what stands anywhere in the portal and may be seen by whoever asks."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.vary import vary_on_headers

from core.doors import Audience, door
from core.search import sources

LONGEST = 200


@door(Audience.PORTAL)
@vary_on_headers("HX-Request")
def search(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    user: Any = request.user
    groups = sources.find(user, query)
    context = {
        "query": query,
        "groups": groups,
        "titles": [source.title for source in sources.sources_for(user)],
        "count": sum(len(group.hits) for group in groups),
    }
    htmx: Any = request.htmx  # type: ignore[attr-defined]  # set by django-htmx's middleware
    return render(request, "core/search.html" + ("#results" if htmx else ""), context)
