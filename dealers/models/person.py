"""Everybody who acts: people of both sides, one account per integration, one for the system."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.database.roles import Role
from core.doors import Audience
from core.ids import new_public_id
from core.ownership import system
from dealers.mobile import normal

if TYPE_CHECKING:
    from dealers.scope import Scope


class Kind(models.TextChoices):
    STAFF = "staff", _("Manufacturer's staff")
    DEALER = "dealer", _("Dealer's people")
    INTEGRATION = "integration", _("Integration")
    SYSTEM = "system", _("System")


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        """By sign-in name: an e-mail address or a mobile number."""
        name = (username or "").strip()
        return self.get(Q(email=name.lower()) if "@" in name else Q(mobile=normal(name)))

    def system(self) -> User:
        """The actor of what the machine does by itself."""
        return self.get(kind=Kind.SYSTEM)

    def create_user(self, *, email: str = "", mobile: str = "", password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower() or None, mobile=normal(mobile) if mobile else None, **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save()
        return user


@system
class User(AbstractBaseUser, PermissionsMixin):
    """A person or machine that signs in. The sign-in name is an e-mail address or a mobile number."""

    Kind = Kind

    class Theme(models.TextChoices):
        AUTO = "auto", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    dealer = models.ForeignKey(
        "dealers.Dealer", models.PROTECT, null=True, blank=True, related_name="users", verbose_name=_("dealer")
    )
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=120)
    title = models.CharField(_("position"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), unique=True, null=True, blank=True)
    mobile = models.CharField(_("mobile number"), max_length=20, unique=True, null=True, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    theme = models.CharField(_("appearance"), max_length=5, choices=Theme, default=Theme.AUTO)
    time_zone = models.CharField(_("time zone"), max_length=40, default="UTC")
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)
    sessions_void_before = models.DateTimeField(_("signed out everywhere at"), null=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name", "kind"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["name", "pk"]
        permissions = [
            ("administer", _("Can use the administration")),
            ("manage_own_people", _("Can invite and disable people of the own company")),
        ]
        constraints = [
            models.CheckConstraint(
                name="dealers_user_dealer_people_have_a_dealer",
                condition=(Q(kind="dealer") & Q(dealer__isnull=False)) | (~Q(kind="dealer") & Q(dealer__isnull=True)),
                violation_error_message=_("People of a dealer need their dealer; nobody else has one."),
            ),
            models.CheckConstraint(
                name="dealers_user_can_be_reached",
                condition=Q(email__isnull=False) | Q(mobile__isnull=False) | Q(kind__in=["integration", "system"]),
                violation_error_message=_("An e-mail address or a mobile number is needed to sign in."),
            ),
            models.UniqueConstraint(name="dealers_user_one_system", fields=["kind"], condition=Q(kind="system")),
        ]

    scope: Scope  # set by the backend when the actor is loaded

    def __str__(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        """What Django's admin asks: may this person enter it."""
        return self.kind == Kind.STAFF and self.has_perm("dealers.administer")

    @property
    def is_ours(self) -> bool:
        return self.kind == Kind.STAFF

    @property
    def is_dealers(self) -> bool:
        return self.kind == Kind.DEALER

    @property
    def standing(self) -> Hashable:
        """All that decides what this person may see: the same whenever it is read, unless it has changed."""
        from dealers.backends import scope_of  # needs the models

        return self.pk, self.kind, self.dealer_id, self.is_active, scope_of(self)

    def audiences(self) -> frozenset[Audience]:
        """The doors that are for this person at all."""
        match self.kind:
            case Kind.STAFF:
                ours = {Audience.STAFF, Audience.PORTAL}
                return frozenset(ours | {Audience.ADMIN} if self.is_staff else ours)
            case Kind.DEALER:
                return frozenset({Audience.DEALER, Audience.PORTAL})
        return frozenset()

    def database_role(self) -> Role:
        return Role.STAFF if self.kind == Kind.STAFF else Role.DEALER if self.kind == Kind.DEALER else Role.PUBLIC

    def reach_mark(self) -> str:
        """Another word as soon as this person reaches other dealers: what was made before is then asked for again."""
        from dealers.backends import scope_of  # needs the models

        reaches = sorted(str((one.node, one.line)) for one in scope_of(self).reaches)
        return salted_hmac("reach", f"{self.dealer_id} {reaches}", algorithm="sha256").hexdigest()[:16]

    def sign_in_name(self) -> str:
        return self.email or self.mobile or self.name


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, user: Any) -> Self:
        """Dealers see their own people and ours; staff see ours and the people of the dealers in reach."""
        if user.is_dealers:
            return self.filter(Q(dealer_id=user.dealer_id) | Q(kind=Kind.STAFF))
        if user.is_ours:
            from dealers.models.dealer import Dealer

            return self.filter(Q(kind=Kind.STAFF) | Q(dealer__in=Dealer.objects.visible_to(user)))
        return self.none()


@system
class Person(models.Model):
    """The part of an account that others may read: same table as `User`, without password and rights.

    The database roles have column rights on exactly these columns, so a page cannot read a password hash even by a
    join. Whatever shows who did something points here.
    """

    public_id = models.CharField(max_length=16)
    kind = models.CharField(max_length=12, choices=Kind)
    dealer = models.ForeignKey("dealers.Dealer", models.DO_NOTHING, null=True, related_name="people")
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=120)
    title = models.CharField(_("position"), max_length=120)
    email = models.EmailField(_("e-mail address"), null=True)  # noqa: DJ001  (unique in the table: nobody has "")
    mobile = models.CharField(_("mobile number"), max_length=20, null=True)  # noqa: DJ001
    language = models.CharField(max_length=10)
    time_zone = models.CharField(max_length=40)
    is_active = models.BooleanField(_("may sign in"))
    joined_at = models.DateTimeField(_("joined"))

    objects = PersonQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "dealers_user"
        default_permissions = ()
        ordering = ["name", "pk"]
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name
