"""The file of a long export, for the person who asked for it and nobody else."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from core.doors import Audience, door
from core.errors import Refused
from core.exports import later
from core.exports.answers import GIVEN_OUT, ask_first
from core.exports.build import FORMATS, file_name
from core.models import Job


@door(Audience.PORTAL, "core.job:export")
def export_file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    mine = Job.objects.visible_to(request.user).filter(kind=later.KIND, state=Job.State.DONE)
    export = get_object_or_404(mine, public_id=public_id)
    if asked := ask_first(request, export.get_absolute_url()):
        return asked
    try:
        path = later.open_for(export, request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(export)
    file_format = export.payload["format"]
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=file_name(export.payload["list"], file_format),
        content_type=FORMATS[file_format],
        headers=GIVEN_OUT,
    )
