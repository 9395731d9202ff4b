"""What a press on "Export" leads to: the file itself, or the page of the job that makes it."""

from collections.abc import Callable, Iterable, Sequence

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from core.errors import NotYours
from core.exports import later
from core.exports.build import FORMATS, Export, chosen, file_name, note, write
from core.listing import Listing
from core.listing.address import Address
from core.spreadsheets import write_csv, write_xlsx

DIRECT = 5000  # rows that are answered at once
A_PAGE = 50  # what somebody sees at once anyhow
GIVEN_OUT = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


type Ask = Callable[[HttpRequest, str], HttpResponse | None]
_asked_first: list[Ask] = []


def before_large(ask: Ask) -> None:
    """Register what is asked of somebody before much is taken away: a whole list longer than a page, or any that needs
    a job. It is given the page to come back to; None lets the file go.
    """
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
    is_whole = not keys and not Address("", request.GET).filters
    if (count > DIRECT or (is_whole and count > listing.size)) and (asked := ask_first(request, _list_of(request))):
        return asked
    if count > DIRECT:
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
    if len(cells) > A_PAGE and (asked := ask_first(request, _list_of(request))):
        return asked
    data = write_csv(heads, cells) if file_format == "csv" else write_xlsx(title, heads, cells)
    note(Export(code, request.user, file_format, len(cells), request.GET.urlencode()))
    return _file(data, code, file_format)


def ask_first(request: HttpRequest, back: str) -> HttpResponse | None:
    """The first question that has to be asked."""
    return next((asked for ask in _asked_first if (asked := ask(request, back))), None)


def _list_of(request: HttpRequest) -> str:
    """The list lies where its file does, in the same state."""
    query = request.GET.urlencode()
    return request.path.rpartition("/")[0] + "/" + (f"?{query}" if query else "")


def _file(data: bytes, code: str, file_format: str) -> HttpResponse:
    headers = GIVEN_OUT | {"Content-Disposition": f'attachment; filename="{file_name(code, file_format)}"'}
    return HttpResponse(data, content_type=FORMATS[file_format], headers=headers)
