"""What administrators do to an account that its person cannot do without being signed in."""

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import access
from core.errors import NotYours, Refused
from dealers import events
from dealers.models import User
from dealers.rights import require


@transaction.atomic
def remove_second_factor(user: User, *, by: User) -> User:
    """For a lost telephone. Its person sets up a new one at the next sign-in; sessions end by the database's hand."""
    require(by, "dealers.administer")
    if user.pk == by.pk:
        raise NotYours(_("Another administrator has to do this for you."))
    user = access.lock(user)
    removed, _by_model = Authenticator.objects.filter(user=user).delete()
    if not removed:
        raise Refused(_("%(name)s has no second factor.") % {"name": user})
    events.record("user.second_factor_removed", user, by=by)
    return user
