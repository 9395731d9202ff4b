"""Certificates of authorisation: issued at filing, drawn for the dealer, checked by anybody who has the number."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from contracts.models import Certificate, Contract, Grant
from contracts.models.certificate import typed
from contracts.models.contract import HELD, IN_FORCE
from contracts.wording import certificate_paper
from core import access, formatting
from core.documents import draw
from core.errors import Refused
from core.formatting import is_chinese
from dealers import events
from dealers.models import User
from dealers.rights import require


@transaction.atomic
def issue(contract: Contract, *, by: User) -> Certificate:
    """Certify what a contract in force grants. Asked twice, the answer is the same certificate."""
    require(by, "contracts.file_contract")
    contract = access.lock(contract)
    first = contract.amends or contract  # what is out in frames on walls stays good when the text is amended
    there = access.rows_of(Certificate).filter(contract=first).first()
    if there is not None:
        return there
    if contract.status not in IN_FORCE:
        raise Refused(_("A certificate is issued for a contract that is on file and in force."))
    made = Certificate.objects.create(
        dealer_id=contract.dealer_id, contract=first, issued_by_id=by.pk, issued_at=timezone.now()
    )
    events.record("certificate.issued", contract, by=by)
    return made


def draw_certificate(certificate: Certificate, reader: User, *, language: str) -> bytes:
    """The certificate as it holds now: a contract that goes on by a year moves its last day, an amendment what is
    granted."""
    found = Contract.objects.visible_to(reader).of_agreement(certificate.contract).filter(status__in=HELD)
    texts = list(found)
    text = counting(texts, on=timezone.localdate()) or certificate.contract
    grants = Grant.objects.visible_to(reader).filter(contract=text).for_page()
    until = texts[-1].ends_on if texts else certificate.contract.ends_on
    with translation.override(language):
        squares = _squares(f"{settings.SITE_URL}{certificate.check_url}")
        data = certificate_paper(certificate, list(grants), squares, until=until)
        return draw("contracts/certificate", data, language=language)


def note_download(certificate: Certificate, *, by: User) -> None:
    """Every download leaves its trace, where both sides read it."""
    events.record("certificate.downloaded", certificate.contract, by=by)


def counting(texts: Sequence[Contract], *, on: date) -> Contract | None:
    """Which of the filed texts of an agreement, in their order, holds on the day; else the one nearest to it."""
    running = next((one for one in texts if one.starts_on <= on <= one.ends_on), None)
    if running is not None or not texts:
        return running
    return texts[0] if on < texts[0].starts_on else texts[-1]


def _squares(text: str) -> list[list[int]]:
    import qrcode  # takes a moment to load, and few processes draw a certificate

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    return [[int(cell) for cell in row] for row in code.get_matrix()]


# ---- the public question ---------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Authorisation:
    """What stands on the certificate with the number that somebody asked for, in the reader's language."""

    number: str
    dealer: str
    company: str
    starts_on: date
    ends_on: date
    is_in_force: bool
    grants: tuple["Granted", ...]

    @property
    def has_not_begun(self) -> bool:
        return not self.is_in_force and self.starts_on > timezone.localdate()


@dataclass(frozen=True, slots=True)
class Granted:
    territory: str
    line: str
    less: str
    terminals: int


def check(number: str) -> Authorisation | None:
    """Asked by anybody, under the public role, which can read no certificate: the database answers for one number."""
    number = typed(number)
    with connection.cursor() as cursor:
        cursor.execute("select contracts_authorisation(%s, %s)", [number, timezone.localdate()])
        row = cursor.fetchone()
    found: Any = json.loads(row[0]) if row and row[0] else None
    if found is None:
        return None
    return Authorisation(
        number=number,
        dealer=_local(found, "dealer"),
        company=_local(found, "company"),
        starts_on=date.fromisoformat(found["starts_on"]),
        ends_on=date.fromisoformat(found["ends_on"]),
        is_in_force=found["is_in_force"],
        grants=tuple(_granted(one) for one in found["grants"]),
    )


def _granted(one: dict[str, Any]) -> Granted:
    less = formatting.listed(zh if zh and is_chinese() else name for name, zh in one["less"])
    return Granted(_local(one, "territory"), _local(one, "line"), less, one["terminals"])


def _local(found: dict[str, Any], name: str) -> str:
    other: str = found[f"{name}_zh"] or ""
    return other if other and is_chinese() else found[name] or ""
