"""The papers of a contract: each offer makes an edition in both languages, and what is signed is one of them."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from contracts.differences import changes
from contracts.models import Contract, Paper
from contracts.models.paper import FILES
from contracts.services import amendments
from contracts.sheet import Sheet
from contracts.wording import contract_paper
from core import access
from core.documents import draw
from core.files.inspection import inspect
from core.files.names import clean_name
from dealers import events
from dealers.models import User

Kind = Paper.Kind


def issue(contract: Contract, *, by: User) -> list[Paper]:
    """Draw the contract as it stands now, in each language, and keep it. Called in the offer's transaction."""
    now = timezone.now()
    edition = latest_edition(contract) + 1
    made = []
    for language, _name in settings.LANGUAGES:
        data = draw_contract(contract, by, language=language, edition=edition, at=now)
        made.append(
            Paper(
                dealer_id=contract.dealer_id, contract=contract, kind=Kind.OFFER, edition=edition,
                terms_version=contract.version, language=language, file_name=file_name(contract, language, edition),
                content_type="application/pdf", size=len(data), sha256=FILES.put(data), made_by_id=by.pk, made_at=now,
            )
        )  # fmt: skip
    return Paper.objects.bulk_create(made)


def draw_contract(contract: Contract, reader: User, *, language: str, edition: int = 0, at: Any = None) -> bytes:
    """The contract as PDF. Without an edition it is a draft to read, and says so on every page."""
    at = at or timezone.now()
    with translation.override(language):
        sheet = Sheet(contract, reader, on=timezone.localdate(at), before=amendments.text_before(contract))
        changed = changes(sheet.before, sheet) if sheet.before is not None else None
        facts = contract_paper(sheet, edition=edition, made_at=at, changes=changed)
        return draw("contracts/contract", facts, language=language)


def file_name(contract: Contract, language: str, edition: int) -> str:
    suffix = f"{edition}" if edition else "draft"
    return clean_name(f"{contract.number}-{suffix}-{language[:2]}.pdf", extension="pdf")


def latest_edition(contract: Contract) -> int:
    found = access.rows_of(Paper).filter(contract=contract, kind=Kind.OFFER).order_by("-edition")
    return found.values_list("edition", flat=True).first() or 0


def current(contract: Contract) -> list[Paper]:
    """The papers of the latest offer, one for each language."""
    edition = latest_edition(contract)
    return list(access.rows_of(Paper).filter(contract=contract, kind=Kind.OFFER, edition=edition).order_by("language"))


def note_download(paper: Paper, *, by: User) -> None:
    """Every download leaves its trace, where both sides read it."""
    events.record("paper.downloaded", paper.contract, by=by, data={"file": paper.file_name})


def keep_scan(contract: Contract, upload: "UploadedFile[bytes]", *, by: User) -> Paper:
    """Keep the scan of a signed paper. What it is, is found by its content."""
    data, name = upload.read(), upload.name or ""
    kind = inspect(data, name)
    return Paper.objects.create(
        dealer_id=contract.dealer_id, contract=contract, kind=Kind.SCAN, edition=latest_edition(contract),
        terms_version=contract.version, file_name=kind.named(name or _("signed contract")),
        content_type=kind.content_type, size=len(data), sha256=FILES.put(data), made_by_id=by.pk,
        made_at=timezone.now(),
    )  # fmt: skip
