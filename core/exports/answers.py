"""What a press on "Export" leads to: the file itself, or the page of the job that makes it."""

from collections.abc import Callable, Iterable, Sequence

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from core.errors import NotYours
from core.exports import later
from core.exports.build import FORMATS, Export, chosen, file_name, note, write
from core.listing import Listing
from core.spreadsheets import write_csv, write_xlsx

DIRECT = 5000  # rows that are answered at once
GIVEN_OUT = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


_asked_first: list[Callable[[HttpRequest], HttpResponse | None]] = []


def before_large(ask: Callable[[HttpRequest], HttpResponse | None]) -> None:
    """Register what is asked of somebody before a long list is taken away; None lets it go."""
    _asked_first.append(ask)


def answer(request: HttpRequest, listing: Listing, file_format: str, *, keys: Sequence[str] = ()) -> HttpResponse:
    """The list of this address as a file; `keys` names single rows of it."""
    if file_format not in FORMATS:
        raise Http404
    query = request.GET.urlencode()
    try:
        found = chosen(listing, request.user, query, keys)
    except NotYours as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    count = found.order_by().values("pk")[: DIRECT + 1].count()
    if count > DIRECT:
        for ask in _asked_first:
            if (first := ask(request)) is not None:
                return first
        return redirect(later.ask(listing, request.user, file_format, query))
    data = write(listing, found, file_format)
    note(Export(listing.code, request.user, file_format, count, query))
    return _file(data, listing.code, file_format)


def answer_table(
    request: HttpRequest,
    file_format: str,
    *,
    code: str,
    title: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[object]],
) -> HttpResponse:
    """A table that is no declared list as a file: one that is summed, and never long."""
    if file_format not in FORMATS:
        raise Http404
    cells = list(rows)
    data = write_csv(heads, cells) if file_format == "csv" else write_xlsx(title, heads, cells)
    note(Export(code, request.user, file_format, len(cells), request.GET.urlencode()))
    return _file(data, code, file_format)


def _file(data: bytes, code: str, file_format: str) -> HttpResponse:
    headers = GIVEN_OUT | {"Content-Disposition": f'attachment; filename="{file_name(code, file_format)}"'}
    return HttpResponse(data, content_type=FORMATS[file_format], headers=headers)
