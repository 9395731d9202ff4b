"""The people at the dealer whom we talk to. The dealer keeps them up to date himself."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import access
from core.errors import Refused, refuse_unsound
from dealers import events
from dealers.models import Contact, Dealer, User
from dealers.rights import require


@transaction.atomic
def add(dealer: Dealer, *, by: User, **fields: Any) -> Contact:
    require(by, "dealers.add_contact")
    dealer = access.lock(dealer)
    if dealer.is_archived():
        raise Refused(_("%(dealer)s is in the archive. Restore the file first.") % {"dealer": dealer})
    contact = Contact(dealer=dealer, **fields)
    refuse_unsound(contact)
    contact.save()
    _record("contact.added", contact, by)
    return contact


@transaction.atomic
def change(contact: Contact, *, by: User, **fields: Any) -> Contact:
    require(by, "dealers.change_contact")
    contact = access.lock(contact)
    changed = [name for name, value in fields.items() if getattr(contact, name) != value]
    if not changed:
        return contact
    for name in changed:
        setattr(contact, name, fields[name])
    refuse_unsound(contact)
    contact.save(update_fields=changed)
    _record("contact.changed", contact, by, fields=sorted(changed))
    return contact


@transaction.atomic
def archive(contact: Contact, *, by: User) -> Contact:
    """The person has left or is no longer ours to call; what was agreed with them stays in the log."""
    require(by, "dealers.change_contact")
    contact = access.lock(contact)
    if contact.is_archived:
        raise Refused(_("This contact is already archived."))
    contact.is_archived = True
    contact.save(update_fields=["is_archived"])
    _record("contact.archived", contact, by)
    return contact


def _record(kind: str, contact: Contact, by: User, **data: Any) -> None:
    events.record(kind, contact, by=by, label="", personal={"subject": contact.name}, data=data)
