"""What this room has to say on My day, on the dealer's file and on the dealer's home."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core import countries, formatting
from core.counting import counts
from dealers import approvals, briefing, deputies
from dealers.briefing import Card, Figure, Line, Place, Reader, Section, Work
from dealers.models import (
    Approval,
    BankAccount,
    BrandCarried,
    Contact,
    Dealer,
    Document,
    InternalNote,
    Outlet,
    Person,
)

AHEAD = timedelta(days=60)  # licences take weeks to renew
FILE, DAY, HOME = Place.FILE, Place.DAY, Place.HOME


# ---- work ------------------------------------------------------------------------------------


def _waited_for(reader: Reader) -> QuerySet[Approval]:
    """On My day what the reader could decide; on a file whatever is waited for."""
    if reader.place is DAY:
        waiting = Approval.objects.waiting_for(reader.user)
    else:
        waiting = Approval.objects.visible_to(reader.user).waiting().filter(reader.theirs)
    return waiting.select_related("dealer", "submitted_by").order_by("due_on", "pk")[: reader.cut]


@briefing.work(order=10, places=(FILE, DAY), permission="dealers.view_approval", asks=(_waited_for,))
def decisions(reader: Reader) -> Iterator[Work]:
    for one in reader.rows(_waited_for):
        kind = approvals.kind_of(one.kind)
        yield Work(
            icon=kind.icon,
            title=_("%(decision)s: %(subject)s") % {"decision": kind.title, "subject": one.subject_label},
            why=_why_asked(reader, one),
            url=reverse("dealers:approval", args=[one.public_id]),
            due=one.due_on,
            action=_("Review"),
            section=Section.DECIDE,
            dealer_id=one.dealer_id,
        )


def _why_asked(reader: Reader, approval: Approval) -> str:
    asked = _asked(reader, approval)
    person = deputies.person_for(reader.user, getattr(approval, "stands_for", None))
    return _("You stand in for %(person)s. %(words)s") % {"person": person, "words": asked} if person else asked


def _asked(reader: Reader, approval: Approval) -> str:
    words = {"dealer": approval.dealer, "person": approval.submitted_by, "reason": approval.request_reason}
    if reader.place is DAY:
        return _("%(dealer)s. %(person)s asks: %(reason)s") % words
    return _("%(person)s asks: %(reason)s") % words


def _to_correct(reader: Reader) -> QuerySet[BankAccount]:
    """Proposals that wait for their proposer's correction."""
    of_account = Approval.objects.filter(  # allow unscoped: tied to the reader's own accounts below
        subject_type="dealers.bankaccount", subject_id=OuterRef("pk"), dealer=OuterRef("dealer")
    )
    accounts = (
        BankAccount.objects.visible_to(reader.user)
        .filter(reader.theirs, status=BankAccount.Status.PROPOSED)
        .filter(~Exists(of_account.filter(outcome=Approval.Outcome.WAITING)))
        .select_related("dealer")
    )
    if reader.place is DAY:
        accounts = accounts.filter(Exists(of_account.filter(submitted_by=reader.user.pk)))
    return accounts.order_by("pk")[: reader.cut]


@briefing.work(order=20, permission="dealers.add_bankaccount", asks=(_to_correct,))
def accounts_sent_back(reader: Reader) -> Iterator[Work]:
    for one in reader.rows(_to_correct):
        yield Work(
            icon="building-bank",
            title=_("Correct the bank account %(account)s") % {"account": one},
            why=_("%(dealer)s. It was sent back with a reason.") % {"dealer": one.dealer}
            if reader.place is DAY
            else _("It was sent back with a reason."),
            url=reverse("dealers:bank_account_correct", args=[one.public_id]),
            action=_("Correct"),
            section=Section.LATE,
            dealer_id=one.dealer_id,
        )


def _expiring(reader: Reader) -> QuerySet[Document]:
    found = (
        Document.objects.visible_to(reader.user)
        .current()
        .filter(reader.theirs, expires_on__lte=reader.on + AHEAD)
        .exclude(dealer__archived_at__isnull=False)
        .select_related("dealer")
    )
    return found.order_by("expires_on", "pk")[: reader.cut]


@briefing.work(order=30, permission="dealers.view_document", asks=(_expiring,))
def documents_running_out(reader: Reader) -> Iterator[Work]:
    for one in reader.rows(_expiring):
        is_over = one.expires_on is not None and one.expires_on < reader.on
        yield Work(
            icon="file-certificate",
            title=(_("%(document)s has expired") if is_over else _("%(document)s expires")) % {"document": one.title},
            why=_why_document(reader, one),
            url=reverse("dealers:documents", args=[one.dealer.public_id]),
            due=one.expires_on,
            action=_("Upload") if reader.place is HOME else _("Open"),
            section=Section.LATE if is_over else Section.RISK,
            dealer_id=one.dealer_id,
        )


def _why_document(reader: Reader, document: Document) -> str:
    day = formatting.day(document.expires_on) if document.expires_on else ""
    if reader.place is DAY:
        return _("%(dealer)s. Valid until %(day)s; ask for a new copy.") % {"dealer": document.dealer, "day": day}
    return _("Valid until %(day)s; a new copy is needed.") % {"day": day}


def _held(reader: Reader) -> "QuerySet[Dealer, tuple[bool, bool, bool]]":
    """Whether the dealer's file holds contacts, licences, and bank accounts in use or proposed."""
    # allow unscoped: rows of a dealer that the reader has found
    contacts = Contact.objects.filter(dealer=OuterRef("pk"), is_archived=False)
    # allow unscoped: rows of a dealer that the reader has found
    licences = Document.objects.filter(dealer=OuterRef("pk"), kind=Document.Kind.LICENCE, archived_at__isnull=True)
    used = (BankAccount.Status.IN_USE, BankAccount.Status.PROPOSED)
    # allow unscoped: rows of a dealer that the reader has found
    accounts = BankAccount.objects.filter(dealer=OuterRef("pk"), status__in=used)
    return reader.dealers.order_by().values_list(
        Exists(contacts.order_by()), Exists(licences.order_by()), Exists(accounts.order_by())
    )


@briefing.work(order=80, places=(FILE, HOME), permission="dealers.view_dealer", asks=(_held,))
def gaps_in_the_file(reader: Reader) -> Iterator[Work]:
    """What every file should hold and this one does not; each row leads to where it is filled in."""
    dealer = reader.dealer
    if dealer is None or dealer.is_archived() or dealer.status == Dealer.Status.ENDED:
        return
    [(has_contacts, has_licence, has_account)] = reader.rows(_held)
    gaps = (
        (has_contacts, "users", _("No contact person"), _("Nobody is named whom the other side may call."),
         "dealers:contact_add", "dealers.add_contact"),
        (has_licence, "certificate", _("No business licence"), _("A copy of the licence belongs in every file."),
         "dealers:document_add", "dealers.add_document"),
        (has_account, "building-bank", _("No bank account"),
         _("Rebates and refunds have nowhere to go until one is approved."),
         "dealers:bank_account_propose", "dealers.add_bankaccount"),
        (bool(dealer.registration_number and dealer.legal_representative), "file-text",
         _("Registered data incomplete"), _("Registration number or legal representative is missing."),
         "dealers:edit", "dealers.change_dealer"),
        (dealer.manager_id is not None, "user-off", _("No account manager"), _("Nobody looks after this dealer."),
         "dealers:transfer", "dealers.transfer_dealer"),
    )  # fmt: skip
    for is_there, icon, title, why, url_name, permission in gaps:
        if not is_there and reader.may(permission):
            yield Work(icon, title, why, reverse(url_name, args=[dealer.public_id]), action=_("Add"))


# ---- figures ---------------------------------------------------------------------------------


@briefing.figures(order=90, places=(FILE,), permission="dealers.view_document")
def stock_of_the_file(reader: Reader) -> Iterator[Figure]:
    """How complete the file is, until the rooms above bring figures of trade."""
    dealer = reader.dealer
    if dealer is None:
        return
    documents = Document.objects.visible_to(reader.user).current().filter(dealer=dealer)
    numbers = counts(
        {
            "valid": documents.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=reader.on)),
            "expired": documents.filter(expires_on__lt=reader.on),
            "customers": Outlet.objects.visible_to(reader.user).filter(dealer=dealer, is_archived=False),
            "people": Person.objects.visible_to(reader.user).filter(dealer=dealer, is_active=True),
        }
    )
    expired = numbers["expired"]
    yield Figure(
        _("Documents in force"),
        formatting.number(numbers["valid"]),
        url=reverse("dealers:documents", args=[dealer.public_id]),
        context_line=ngettext("%(count)d has expired", "%(count)d have expired", expired) % {"count": expired}
        if expired
        else _("none has expired"),
    )
    yield Figure(_("Downstream customers"), formatting.number(numbers["customers"]), context_line=_("known by class"))
    yield Figure(_("People who may sign in"), formatting.number(numbers["people"]), context_line=_("of this dealer"))


# ---- cards -----------------------------------------------------------------------------------


def _contacts(reader: Reader) -> QuerySet[Contact]:
    return Contact.objects.visible_to(reader.user).filter(dealer=reader.dealer, is_archived=False)


@briefing.card(order=20, places=(FILE,), permission="dealers.view_contact", asks=(_contacts,))
def people(reader: Reader) -> Card | None:
    dealer = reader.dealer
    found = reader.rows(_contacts) if dealer else []
    if not dealer or not found:
        return None
    return Card(
        _("People"),
        [Line(one.name, _duties(one)) for one in found[:4]],
        "people",
        more=pgettext("people", "All %(count)d") % {"count": len(found)},
        more_url=reverse("dealers:contacts", args=[dealer.public_id]),
    )


def _duties(contact: Contact) -> str:
    signs = _("signs contracts") if contact.signs_contracts else ""
    return formatting.listed(filter(None, (contact.title or contact.get_duty_display(), signs)))


@briefing.card(order=30, places=(FILE,))
def registered_data(reader: Reader) -> Card | None:
    dealer = reader.dealer
    if dealer is None:
        return None
    capital = formatting.money(dealer.capital, dealer.capital_currency) if dealer.capital is not None else ""
    facts = (
        (_("Registered name"), dealer.registered_name),
        (_("Registration number"), dealer.registration_number),
        (_("Tax number"), dealer.tax_number),
        (_("Legal representative"), dealer.legal_representative),
        (_("Founded"), formatting.day(dealer.founded_on) if dealer.founded_on else ""),
        (_("Registered capital"), capital),
        (_("Employees"), formatting.number(dealer.staff_count) if dealer.staff_count is not None else ""),
        (_("Warehouse, m²"), formatting.number(dealer.warehouse_sqm) if dealer.warehouse_sqm is not None else ""),
        (_("Address"), countries.address(dealer.street, dealer.postal_code, dealer.city, dealer.country)),
        (_("Phone"), dealer.phone),
    )
    lines = [Line(label, value=value) for label, value in facts if value]
    may_edit = reader.may("dealers.change_dealer")
    return Card(
        _("Registered data"), lines, "facts",
        more=_("Edit") if may_edit else "",
        more_url=reverse("dealers:edit", args=[dealer.public_id]) if may_edit else "",
    ) if lines else None  # fmt: skip


def _brands(reader: Reader) -> QuerySet[BrandCarried]:
    return BrandCarried.objects.visible_to(reader.user).filter(dealer=reader.dealer).order_by("relation", "brand")


@briefing.card(order=40, places=(FILE,), asks=(_brands,))
def brands_carried(reader: Reader) -> Card | None:
    dealer = reader.dealer
    if dealer is None:
        return None
    may_edit = reader.may("dealers.change_dealer")
    lines = [Line(one.brand, one.get_relation_display(), value=_share(one)) for one in reader.rows(_brands)]
    if not lines and not may_edit:
        return None
    return Card(
        _("Other brands"), lines,
        more=_("Edit") if may_edit else "",
        more_url=reverse("dealers:brands", args=[dealer.public_id]) if may_edit else "",
    )  # fmt: skip


def _share(brand: BrandCarried) -> str:
    return "" if brand.share_percent is None else formatting.percent(brand.share_percent / 100, 0)


def _notes(reader: Reader) -> QuerySet[InternalNote]:
    return InternalNote.objects.visible_to(reader.user).filter(dealer=reader.dealer).select_related("author")[:3]


@briefing.card(order=50, places=(FILE,), permission="dealers.view_internalnote", asks=(_notes,))
def notes(reader: Reader) -> Card | None:
    dealer = reader.dealer
    if dealer is None:
        return None
    return Card(
        _("Notes"),
        [Line(one.author.name, one.text, at=one.at) for one in reader.rows(_notes)],
        "notes",
        more=_("Write a note") if reader.may("dealers.add_internalnote") else _("All notes"),
        more_url=reverse("dealers:notes", args=[dealer.public_id]),
        internal=True,
    )


@briefing.card(order=10, places=(HOME,))
def contact_person(reader: Reader) -> Card | None:
    """Whom the dealer calls on our side."""
    manager = reader.dealer.manager if reader.dealer else None
    if manager is None:
        return None
    reach = " · ".join(filter(None, (manager.title, manager.email, manager.mobile)))
    return Card(_("Your contact person"), [Line(manager.name, reach)], "people")


@briefing.card(order=20, places=(HOME,), permission="dealers.view_dealer")
def state_of_the_file(reader: Reader) -> Card | None:
    dealer = reader.dealer
    if dealer is None:
        return None
    facts = (
        (_("Status"), dealer.get_status_display()),
        (_("Tier"), dealer.get_tier_display() if dealer.tier else ""),
        (_("Dealer since"), formatting.day(dealer.since) if dealer.since else ""),
        (_("Territory"), dealer.home.local_name),
    )
    return Card(
        _("Your file"), [Line(label, value=value) for label, value in facts if value], "facts",
        more=_("Open"), more_url=dealer.get_absolute_url(),
    )  # fmt: skip


def _asked_for(reader: Reader) -> QuerySet[Approval]:
    """What the reader asked for and somebody else has to decide."""
    mine = Approval.objects.visible_to(reader.user).waiting().filter(submitted_by=reader.user.pk)
    return mine.select_related("dealer").order_by("due_on")[:5]


@briefing.card(order=10, places=(DAY,), permission="dealers.view_approval", asks=(_asked_for,))
def waiting_for_others(reader: Reader) -> Card | None:
    lines = [
        Line(one.subject_label, str(one.dealer), reverse("dealers:approval", args=[one.public_id]), due=one.due_on)
        for one in reader.rows(_asked_for)
    ]
    return Card(_("Waiting for others"), lines) if lines else None


def _by_status(reader: Reader) -> "QuerySet[Dealer, tuple[str, int]]":
    return reader.dealers.order_by().values_list("status").annotate(number=Count("pk")).values_list("status", "number")


@briefing.card(order=90, places=(DAY,), permission="dealers.view_dealer", asks=(_by_status,))
def my_dealers(reader: Reader) -> Card | None:
    found = dict(reader.rows(_by_status))
    total = sum(found.values())
    if not total:
        return None
    lines = [Line(status.label, value=formatting.number(found[status])) for status in Dealer.Status if status in found]
    title = ngettext("%(count)d dealer", "%(count)d dealers", total) % {"count": total}
    return Card(title, lines)
