"""Verbs ask for their right themselves: whoever calls them, page, command or schedule, the answer is the same."""

from django.utils.translation import gettext as _

from core.errors import NotYours
from dealers.backends import scope_of
from dealers.models import User


def require(by: User, right: str) -> None:
    """Refuse when the person does not hold the right. What the system does by itself was decided by its schedule."""
    if by.kind != User.Kind.SYSTEM and not by.has_perm(right):
        raise NotYours(_("Your role does not allow this. Ask an administrator if it should."))


def looks_after_all(user: User) -> bool:
    """Whether somebody's assignments reach every dealer, of today and tomorrow."""
    return user.kind == User.Kind.SYSTEM or any(one.is_everywhere for one in scope_of(user).reaches)


def require_whole_network(by: User) -> None:
    """Refuse what concerns every dealer to somebody who looks after some of them."""
    if not looks_after_all(by):
        raise NotYours(_("This concerns every dealer: it takes somebody who looks after the whole network."))
