"""Inviting people: who may invite whom, and what becomes of an invitation."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import access
from core.database.context import acting
from core.database.roles import Role
from core.errors import NotYours, Refused
from dealers import events, mobile
from dealers.models import Assignment, Dealer, Invitation, Letter, Person, ProductLine, Territory, User
from dealers.roles import BY_CODE
from dealers.services import letters, links

_TYPED = {"name", "email", "mobile", "language"}
_NOT_TYPED = {field.name for field in Invitation._meta.fields} - _TYPED
OVER = (Dealer.Status.SUSPENDED, Dealer.Status.ENDED)


class AlreadyHere(Refused):
    """The address belongs to somebody whom the inviter can see."""


class LinkIsOver(Refused):
    """Used, withdrawn, too old, or the dealer's access is closed."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a member of staff will look once the invitation is accepted. Both empty: everywhere, every line."""

    node: Territory | None = None
    line: ProductLine | None = None


def may_invite(by: Any, dealer: Dealer | None) -> bool:
    """Executives their own people; channel operations and administrators a dealer's; administrators our own."""
    if by.is_dealers:
        return dealer is not None and dealer.pk == by.dealer_id and by.has_perm("dealers.manage_own_people")
    if dealer is None:
        return bool(by.is_ours and by.has_perm("dealers.administer"))
    may = by.has_perm("dealers.add_invitation") or by.has_perm("dealers.administer")
    return bool(by.is_ours and may and Dealer.objects.visible_to(by).filter(pk=dealer.pk).exists())


def roles_for(dealer: Dealer | None) -> list[str]:
    """The roles an invitation may carry: a dealer's people get dealers' roles, our people get ours."""
    return [code for code, role in BY_CODE.items() if role.is_dealers == (dealer is not None)]


@transaction.atomic
def invite(
    *,
    by: User,
    dealer: Dealer | None,
    role: str,
    name: str,
    email: str = "",
    number: str = "",
    language: str = "en",
    reach: Reach | None = None,
) -> Invitation:
    """Offer an account. By e-mail the link goes out in a letter; to a mobile number alone, see `hand_over`."""
    _may(by, dealer, role)
    email, number = email.strip().lower(), mobile.normal(number) if number.strip() else ""
    _refuse_the_known(by, email, number)
    reach = reach or Reach()
    invitation = Invitation(
        dealer=dealer,
        role=Group.objects.get(name=role),
        name=name,
        email=email,
        mobile=number,
        language=language,
        invited_by_id=by.pk,
        expires_at=timezone.now() + Invitation.LIFE,
        node=None if dealer else reach.node,
        line=None if dealer else reach.line,
    )
    try:
        invitation.clean_fields(exclude=_NOT_TYPED)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from None
    invitation.save()
    _send(invitation)
    events.record("invitation.sent", invitation, by=by, data={"role": role}, personal={"name": name})
    return invitation


@transaction.atomic
def resend(invitation: Invitation, *, by: User) -> Invitation:
    """The same offer with a fresh link and fresh 72 hours; the link before it is void from here on."""
    invitation = _open(invitation, by, or_expired=True)
    invitation.token_hash, invitation.expires_at = None, timezone.now() + Invitation.LIFE
    invitation.save(update_fields=["token_hash", "expires_at"])
    _send(invitation)
    events.record("invitation.sent", invitation, by=by, data={"role": invitation.role.name, "again": True})
    return invitation


@transaction.atomic
def hand_over(invitation: Invitation, *, by: User) -> str:
    """The link itself, for the inviter to pass on: nothing sends text messages yet. Every call makes a new one."""
    invitation = _open(invitation, by)
    if invitation.goes_by_mail():
        raise Refused(_("This invitation goes by e-mail; its link is shown to nobody else."))
    return links.mint(invitation)


@transaction.atomic
def withdraw(invitation: Invitation, *, by: User) -> Invitation:
    """The offer no longer stands, and its link opens nothing."""
    invitation = _open(invitation, by, or_expired=True)
    invitation.withdrawn_at, invitation.token_hash = timezone.now(), None
    invitation.save(update_fields=["withdrawn_at", "token_hash"])
    events.record("invitation.withdrawn", invitation, by=by)
    return invitation


def find(token: str) -> Invitation:
    """The open invitation behind a link."""
    found = (
        access.rows_of(Invitation).filter(token_hash=links.hash_of(token)).select_related("role", "invited_by").first()
    )
    if found is None or not found.is_open(now=timezone.now()):
        raise LinkIsOver(_("This link was used already, was withdrawn or is too old. Ask for a new invitation."))
    return found


@transaction.atomic
def accept(token: str, *, name: str, password: str, language: str) -> User:
    """Open the account that was offered. Address, role and dealer are the invitation's, whatever a form says."""
    invitation = access.lock(find(token))
    if invitation.token_hash != links.hash_of(token) or not invitation.is_open(now=timezone.now()):
        raise LinkIsOver(_("This link was used already, was withdrawn or is too old. Ask for a new invitation."))
    _refuse_closed_dealer(invitation)
    user = _open_account(invitation, name=name, password=password, language=language)
    invitation.accepted_at, invitation.accepted_by_id, invitation.token_hash = timezone.now(), user.pk, None
    invitation.save(update_fields=["accepted_at", "accepted_by", "token_hash"])
    if invitation.dealer_id is None:
        _assign(invitation, user)
    _tell(invitation, user)
    return user


def _open_account(invitation: Invitation, *, name: str, password: str, language: str) -> User:
    is_dealers = invitation.dealer_id is not None
    user = User(
        kind=User.Kind.DEALER if is_dealers else User.Kind.STAFF,
        dealer_id=invitation.dealer_id,
        name=name,
        email=invitation.email or None,
        mobile=invitation.mobile or None,
        language=language,
    )
    try:
        validate_password(password, user)
        user.set_password(password)
        user.full_clean(exclude=["password", "dealer"])
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from None
    user.save()
    if is_dealers:
        user.groups.add(invitation.role_id)
    return user


def _assign(invitation: Invitation, user: User) -> None:
    """Our people have their role by an assignment, which the account doors may not write: the administration may."""
    with acting(Role.ADMIN, user_id=invitation.invited_by_id):
        Assignment.objects.create(
            user=user,
            role_id=invitation.role_id,
            node_id=invitation.node_id,
            line_id=invitation.line_id,
            starts_on=timezone.now().date(),
        )


def _tell(invitation: Invitation, user: User) -> None:
    """The event is written as the new person, within the new person's walls."""
    with acting(user.database_role(), dealer_id=user.dealer_id, user_id=user.pk):
        events.record("invitation.accepted", invitation, by=user, notify=[invitation.invited_by])


def _send(invitation: Invitation) -> None:
    if invitation.goes_by_mail():
        letters.post(Letter.What.INVITATION, invitation=invitation)


def _may(by: User, dealer: Dealer | None, role: str) -> None:
    if not may_invite(by, dealer):
        raise NotYours(_("You cannot invite people here."))
    if role not in roles_for(dealer):
        raise NotYours(_("An invitation cannot give this role."))


def _open(invitation: Invitation, by: User, *, or_expired: bool = False) -> Invitation:
    invitation = access.lock(invitation)
    _may(by, invitation.dealer, invitation.role.name)
    if invitation.accepted_at or invitation.withdrawn_at:
        raise LinkIsOver(_("This invitation was accepted or withdrawn in the meantime."))
    if not or_expired and not invitation.is_open(now=timezone.now()):
        raise LinkIsOver(_("This invitation is too old. Send it again."))
    return invitation


def _refuse_the_known(by: User, email: str, number: str) -> None:
    """Only people whom the inviter sees anyway: a refusal must not tell who works elsewhere."""
    if not email and not number:
        raise Refused(_("An e-mail address or a mobile number is needed."))
    same = (Q(email=email) if email else Q()) | (Q(mobile=number) if number else Q())
    if Person.objects.visible_to(by).filter(same).exists():
        raise AlreadyHere(_("This person has an account already."))


def _refuse_closed_dealer(invitation: Invitation) -> None:
    if invitation.dealer_id is None:
        return
    with acting(Role.DEALER, dealer_id=invitation.dealer_id):
        dealer = access.rows_of(Dealer).get(pk=invitation.dealer_id)
    if dealer.status in OVER or dealer.is_archived():
        raise LinkIsOver(_("The dealer's access is closed at present. Ask whoever invited you."))
