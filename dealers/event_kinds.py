"""What happens to people, dealers, documents and approvals."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from core import formatting
from dealers.events import EventKind, Visibility, define

SPAN = {  # days, worded for the reader
    "start": lambda told: formatting.day(date.fromisoformat(told["start"])),
    "end": lambda told: formatting.day(date.fromisoformat(told["end"])),
}

define(
    EventKind("dealer.created", _("%(actor)s opened the file of %(subject)s"), icon="building-store"),
    EventKind("dealer.changed", _("%(actor)s changed the file of %(subject)s"), icon="edit"),
    EventKind(
        "dealer.transferred",
        _("%(subject)s moved to a new account manager"),
        icon="user-share",
        topic="decisions",
        title=_("The account manager changes"),
    ),
    EventKind("dealer.archived", _("%(actor)s archived %(subject)s"), icon="archive", topic="decisions"),
    EventKind(
        "dealer.restored", _("%(actor)s took %(subject)s back from the archive"), icon="archive-off", topic="decisions"
    ),
    EventKind(
        "dealer.noted",
        _("%(actor)s wrote an internal note"),
        icon="note",
        visibility=Visibility.INTERNAL,
        topic="talks",
    ),
    EventKind("brands.changed", _("%(actor)s changed the brands that %(subject)s carries"), icon="tags"),
    EventKind("contact.added", _("%(actor)s added the contact %(subject)s"), icon="user-plus"),
    EventKind("contact.changed", _("%(actor)s changed the contact %(subject)s"), icon="user-edit"),
    EventKind("contact.archived", _("%(actor)s archived the contact %(subject)s"), icon="user-minus"),
    EventKind("document.added", _("%(actor)s filed the document %(subject)s"), icon="file-plus"),
    EventKind(
        "document.added_internally",
        _("%(actor)s filed the internal document %(subject)s"),
        icon="file-plus",
        visibility=Visibility.INTERNAL,
    ),
    EventKind("document.changed", _("%(actor)s corrected the document %(subject)s"), icon="edit"),
    EventKind(
        "document.changed_internally",
        _("%(actor)s corrected the internal document %(subject)s"),
        icon="edit",
        visibility=Visibility.INTERNAL,
    ),
    EventKind("document.replaced", _("%(actor)s filed a new version of %(subject)s"), icon="refresh"),
    EventKind(
        "document.replaced_internally",
        _("%(actor)s filed a new version of the internal document %(subject)s"),
        icon="refresh",
        visibility=Visibility.INTERNAL,
    ),
    EventKind("document.archived", _("%(actor)s archived the document %(subject)s"), icon="archive"),
    EventKind(
        "document.archived_internally",
        _("%(actor)s archived the internal document %(subject)s"),
        icon="archive",
        visibility=Visibility.INTERNAL,
    ),
    # The dealer may know who looked at a shared document, so this one is for both sides.
    EventKind("document.downloaded", _("%(actor)s downloaded the document %(subject)s"), icon="download"),
    EventKind(
        "document.downloaded_internally",
        _("%(actor)s downloaded the internal document %(subject)s"),
        icon="download",
        visibility=Visibility.INTERNAL,
    ),
    EventKind(
        "document.expiring",
        _("The document %(subject)s expires on %(until)s"),
        icon="calendar-due",
        channels=("bell", "email"),
        title=_("A document expires"),
    ),
    EventKind(
        "document.expiring_internally",
        _("The internal document %(subject)s expires on %(until)s"),
        icon="calendar-due",
        channels=("bell", "email"),
        visibility=Visibility.INTERNAL,
    ),
    EventKind(
        "document.expired",
        _("The document %(subject)s expired on %(until)s"),
        icon="calendar-off",
        tone="bad",
        channels=("bell", "email"),
        title=_("A document has expired"),
    ),
    EventKind(
        "document.expired_internally",
        _("The internal document %(subject)s expired on %(until)s"),
        icon="calendar-off",
        tone="bad",
        channels=("bell", "email"),
        visibility=Visibility.INTERNAL,
    ),
    EventKind(
        "bank_account.proposed",
        _("%(actor)s proposed the bank account %(subject)s"),
        icon="building-bank",
        topic="money",
    ),
    EventKind(
        "bank_account.corrected",
        _("%(actor)s corrected the bank account %(subject)s"),
        icon="building-bank",
        topic="money",
    ),
    EventKind(
        "bank_account.in_use",
        _("The bank account %(subject)s is in use"),
        icon="building-bank",
        tone="good",
        topic="money",
    ),
    EventKind(
        "approval.requested",
        _("%(actor)s asked for a decision: %(subject)s"),
        icon="checks",
        topic="decisions",
        channels=("bell", "email"),
        title=_("Somebody asks for my decision"),
    ),
    EventKind(
        "approval.approved",
        _("%(actor)s approved: %(subject)s"),
        icon="check",
        tone="good",
        topic="decisions",
        channels=("bell", "email"),
        title=_("What I asked for was approved"),
    ),
    EventKind(
        "approval.sent_back",
        _("%(actor)s sent back: %(subject)s"),
        icon="arrow-back-up",
        topic="decisions",
        channels=("bell", "email"),
        title=_("What I asked for was sent back"),
    ),
    EventKind(
        "approval.rejected",
        _("%(actor)s did not approve: %(subject)s"),
        icon="x",
        tone="bad",
        topic="decisions",
        channels=("bell", "email"),
        title=_("What I asked for was not approved"),
    ),
    EventKind("approval.withdrawn", _("%(actor)s withdrew the request: %(subject)s"), icon="x", topic="decisions"),
    EventKind(
        "deputy.named",
        _("%(actor)s named %(deputy)s to decide for %(person)s from %(start)s to %(end)s"),
        icon="user-share",
        visibility=Visibility.INTERNAL,
        channels=("bell", "email"),
        title=_("I am to stand in for somebody, or somebody for me"),
        told=SPAN,
    ),
    EventKind(
        "deputy.withdrawn",
        _("%(actor)s ended that %(deputy)s decides for %(person)s"),
        icon="user-off",
        visibility=Visibility.INTERNAL,
        title=_("Standing in for somebody ended early"),
        told=SPAN,
    ),
    EventKind(
        "reminder.decision_waits",
        _("A decision has waited too long: %(subject)s"),
        icon="clock-exclamation",
        tone="bad",
        topic="decisions",
        visibility=Visibility.INTERNAL,
        channels=("bell", "email"),
        title=_("A decision below me has waited too long"),
        body=_(
            "“%(subject)s” was asked for on %(day)s, and nobody has decided it. You may take it over, or see to it "
            "that somebody decides."
        ),
        told={"day": lambda told: formatting.day(date.fromisoformat(told["day"]))},
    ),
    EventKind("invitation.sent", _("%(actor)s invited a person"), icon="mail-forward", channels=("bell",)),
    EventKind("invitation.withdrawn", _("%(actor)s withdrew an invitation"), icon="mail-off"),
    EventKind("invitation.accepted", _("%(actor)s opened an account"), icon="user-check", tone="good"),
    EventKind("user.disabled", _("%(actor)s disabled an account"), icon="user-off"),
    EventKind("user.enabled", _("%(actor)s enabled an account"), icon="user-check"),
    EventKind("outlet.added", _("%(actor)s added the customer %(subject)s"), icon="building-community"),
    EventKind("outlet.changed", _("%(actor)s changed the customer %(subject)s"), icon="building-community"),
    EventKind("outlet.archived", _("%(actor)s archived the customer %(subject)s"), icon="archive"),
    EventKind(
        "outlet.restored", _("%(actor)s took the customer %(subject)s back from the archive"), icon="archive-off"
    ),
    EventKind("outlet.shown", _("%(actor)s shows who the customer %(subject)s is"), icon="eye"),
    EventKind("outlet.hidden", _("%(actor)s no longer shows who the customer %(subject)s is"), icon="eye-off"),
    EventKind("outlet.all_shown", _("%(actor)s shows who all customers are"), icon="eye"),
    EventKind("outlet.all_hidden", _("%(actor)s no longer shows who the customers are"), icon="eye-off"),
    EventKind("outlet_identity.seen", _("%(actor)s looked at the customers whom the dealer shows"), icon="eye"),
    EventKind(
        "user.second_factor_removed",
        _("%(actor)s removed the second factor of %(subject)s"),
        icon="key",
        visibility=Visibility.INTERNAL,
    ),
    EventKind("catalogue.added", _("%(actor)s added %(subject)s"), icon="package", visibility=Visibility.INTERNAL),
    EventKind("catalogue.changed", _("%(actor)s changed %(subject)s"), icon="package", visibility=Visibility.INTERNAL),
    EventKind("tree.planted", _("%(actor)s added %(subject)s"), icon="sitemap", visibility=Visibility.INTERNAL),
    EventKind("tree.changed", _("%(actor)s changed %(subject)s"), icon="sitemap", visibility=Visibility.INTERNAL),
    EventKind("tree.moved", _("%(actor)s moved %(subject)s"), icon="sitemap", visibility=Visibility.INTERNAL),
    EventKind("tree.archived", _("%(actor)s archived %(subject)s"), icon="archive", visibility=Visibility.INTERNAL),
    EventKind(
        "tree.restored",
        _("%(actor)s took %(subject)s back from the archive"),
        icon="archive-off",
        visibility=Visibility.INTERNAL,
    ),
    EventKind(
        "admin.added",
        _("%(actor)s added %(subject)s in the administration"),
        icon="settings",
        visibility=Visibility.INTERNAL,
    ),
    EventKind(
        "admin.changed",
        _("%(actor)s changed %(subject)s in the administration"),
        icon="settings",
        visibility=Visibility.INTERNAL,
    ),
    EventKind("list.exported", _("%(actor)s exported a list"), icon="download", visibility=Visibility.INTERNAL),
)
