"""What follows from the last approval: a candidate dealer, his contact and papers, and the draft of his contract."""

from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from contracts.models import Contract
from contracts.services import contracts, grants, targets
from core import access, formatting
from core.periods import months_later
from dealers import events
from dealers.models import BrandCarried, Contact, Dealer, Document, Person, ProductLine, Territory, User
from dealers.reach import staff_able_to
from dealers.services import brands, contacts, dealers, documents
from onboarding.models import Application, ApplicationFile, Opening
from onboarding.services.screening import handling_of

_DOCUMENTS = {ApplicationFile.Kind.LICENCE: Document.Kind.LICENCE, ApplicationFile.Kind.TAX: Document.Kind.TAX}


def take_on(application: Application, *, by: User) -> Dealer:
    """Inside the last decision's transaction: either all of it is there, or the decision was not taken."""
    opening = application.opening
    dealer = _file(application, opening, by=by)
    contract = _draft(application, dealer, opening, by=by)
    handling = access.lock(handling_of(application))
    handling.dealer, handling.contract = dealer, contract
    handling.save(update_fields=["dealer", "contract"])
    told = staff_able_to("dealers.add_invitation", dealer)
    if handling.owner:
        told.append(handling.owner)
    events.record(
        "application.approved", application, by=by, dealer=dealer, notify=told, data={"contract": contract.number}
    )
    return dealer


def _file(application: Application, opening: Opening, *, by: User) -> Dealer:
    home = opening.territory
    name = application.legal_name
    dealer = dealers.create(
        by=by,
        code=application.number,
        name=name,
        name_zh=name if _is_chinese(name) else "",
        home=home,
        currency=opening.currency,
        time_zone=_zone(home),
        registered_name=name,
        registration_number=application.registration_code,
        legal_representative=application.legal_representative,
        founded_on=application.founded_on,
        capital=application.capital,
        capital_currency=application.capital_currency,
        staff_count=application.staff_count,
        sales_staff_count=application.sales_staff_count,
        premises_sqm=application.premises_sqm,
        warehouse_sqm=application.warehouse_sqm,
        network=application.network,
        street=application.street,
        city=application.city,
        country=application.country,
        website=application.website,
    )
    _give_to_whoever_screened(application, dealer)
    contacts.add(
        dealer, by=by, name=application.contact_name, title=application.contact_title, duty=Contact.Duty.OWNER,
        email=application.email, phone=application.mobile, signs_contracts=True,
    )  # fmt: skip
    carried = application.brands.all()
    if carried:
        brands.replace(
            dealer,
            [brands.Brand(one.brand, BrandCarried.Relation(one.relation), one.share_percent) for one in carried],
            by=by,
        )
    for paper in application.files.all():
        upload = SimpleUploadedFile(paper.file_name, paper.path().read_bytes(), paper.content_type)
        kind = _DOCUMENTS.get(ApplicationFile.Kind(paper.kind), Document.Kind.OTHER)
        documents.add(dealer, upload, by=by, kind=kind, title=paper.get_kind_display())
    return dealer


def _give_to_whoever_screened(application: Application, dealer: Dealer) -> None:
    """The account manager is who knows the applicant, if his assignments let him look after a dealer here."""
    owner: Person | None = handling_of(application).owner
    if owner is not None and owner in staff_able_to("dealers.change_dealer", dealer):
        dealer.manager = owner
        dealer.save(update_fields=["manager"])


def _draft(application: Application, dealer: Dealer, opening: Opening, *, by: User) -> Contract:
    """A year from the first of next month; everything in it may be changed before it is reviewed."""
    start = months_later(timezone.localdate().replace(day=1), 1)
    contract = contracts.draft(
        dealer,
        by=by,
        company=opening.company,
        starts_on=start,
        ends_on=_a_year(start),
        jurisdiction=opening.jurisdiction,
        currency=opening.currency,
        special_terms=_terms(application, opening),
    )
    lines: list[ProductLine | None] = [one.line for one in opening.lines.select_related("line")] or [None]
    for line in lines:
        grants.grant(contract, by=by, territory=opening.territory, line=line, exclusivity=opening.exclusivity)
    if opening.first_year_goal:
        with override(application.language):
            note = _("The first-year goal of the opening “%(title)s”.") % {"title": opening.local_title}
        targets.propose_first_year(contract, by=by, total=opening.first_year_goal, note=note)
    return contract


def _terms(application: Application, opening: Opening) -> str:
    """What the opening promised and asked for, in the applicant's language."""
    with override(application.language):
        asked = []
        if opening.deposit:
            asked.append(_("Deposit: %(sum)s.") % {"sum": formatting.money(opening.deposit, opening.currency)})
        return "\n".join([*asked, *opening.gifts()])


def _a_year(start: date) -> date:
    return months_later(start, 12) - timedelta(days=1)


def _zone(home: Territory) -> str:
    zones = Territory.objects.above(home).exclude(time_zone="").values_list("time_zone", flat=True)
    return list(zones)[-1] if zones else "UTC"


def _is_chinese(text: str) -> bool:
    return any("\u3400" <= letter <= "\u9fff" for letter in text)
