"""Announcements: what dealers have to know, and who has read it. A published one keeps its words."""

from pathlib import Path
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Count, Exists, Min, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.files import store
from core.formatting import is_chinese
from core.ids import new_public_id
from core.ownership import dealer_owned, shared
from core.search.grams import grams_of
from dealers.models import Dealer, Person, ProductLine, Territory
from dealers.models.dealer import DealerOwnedQuerySet
from dealers.rights import looks_after_all

FILES = store.register(store.Store("announcements", "communications.Announcement"))


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def visible_to(self, user: Any) -> Self:
        """A dealer reads what reaches him. Ours read what reaches a dealer of theirs, and what they wrote; drafts of
        colleagues are for who looks after the whole network."""
        if not getattr(user, "is_active", False):
            return self.none()
        reached = Exists(AnnouncementCopy.objects.visible_to(user).filter(announcement=OuterRef("pk")))
        if user.is_dealers:
            return self.filter(reached)
        if not user.is_ours:
            return self.none()
        seen = Q(author_id=user.pk) | Q(reached)
        if looks_after_all(user):
            seen |= Q(state=Announcement.State.DRAFT)
        return self.filter(seen)

    def for_list(self) -> Self:
        """With how many dealers it reached, and how many of them have read and confirmed it."""
        return self.select_related("author").defer("grams", "text", "text_zh")


@shared
class Announcement(models.Model):
    """A notice to dealers, in one or both languages; `replaces` is the one that it corrects.

    Whom it reaches is worked out from the marks below when it is published, and kept as copies.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("announcement", "Draft")
        PUBLISHED = "published", pgettext_lazy("announcement", "Published")
        REPLACED = "replaced", pgettext_lazy("announcement", "Replaced by a correction")
        WITHDRAWN = "withdrawn", pgettext_lazy("announcement", "Withdrawn")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    title = models.CharField(_("title"), max_length=160, blank=True)
    title_zh = models.CharField(_("Chinese title"), max_length=160, blank=True)
    text = models.TextField(pgettext_lazy("announcement", "text"), blank=True)
    text_zh = models.TextField(_("Chinese text"), blank=True)
    needs_confirmation = models.BooleanField(_("the dealer has to confirm that he read it"), default=False)

    territory = models.ForeignKey(
        Territory, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("territory")
    )
    line = models.ForeignKey(
        ProductLine, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product line")
    )
    statuses = ArrayField(models.CharField(max_length=10), default=list, blank=True, verbose_name=_("status"))
    picked = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("dealers by code"))

    file_name = models.CharField(_("file name"), max_length=200, blank=True, editable=False)
    content_type = models.CharField(_("type"), max_length=100, blank=True, editable=False)
    size = models.PositiveBigIntegerField(_("size"), default=0, editable=False)
    sha256 = models.CharField(_("checksum"), max_length=64, blank=True, editable=False)

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    author = models.ForeignKey(Person, models.PROTECT, related_name="+", editable=False, verbose_name=_("by"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    published_at = models.DateTimeField(pgettext_lazy("announcement", "published"), null=True, editable=False)
    asked_again_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(pgettext_lazy("announcement", "withdrawn"), null=True, editable=False)
    withdrawn_reason = models.TextField(_("reason"), blank=True, editable=False)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", editable=False,
        verbose_name=_("corrects"),
    )  # fmt: skip
    version = models.PositiveIntegerField(default=1, editable=False)
    grams = grams_of("title", "title_zh")

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ["-created_at", "-pk"]
        permissions = [
            ("publish_announcement", _("Can publish announcements to dealers")),
            ("confirm_announcement", _("Can confirm for the dealer that an announcement was read")),
        ]
        constraints = [
            models.CheckConstraint(
                name="communications_announcement_says_something",
                condition=(~Q(title="") & ~Q(text="")) | (~Q(title_zh="") & ~Q(text_zh="")),
                violation_error_message=_("Write title and text in one language at least."),
            ),
            models.CheckConstraint(
                name="communications_announcement_out_since",
                condition=Q(state="draft", published_at__isnull=True)
                | (~Q(state="draft") & Q(published_at__isnull=False)),
                violation_error_message=_("What is published says since when."),
            ),
            models.CheckConstraint(
                name="communications_announcement_withdrawn_says_why",
                condition=~Q(state="withdrawn") | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                violation_error_message=_("Withdrawing needs a reason."),
            ),
        ]
        indexes = [
            models.Index(fields=["created_at", "id"], name="communications_ann_created"),
            GinIndex(fields=["grams"], name="communications_ann_grams"),
        ]

    def __str__(self) -> str:
        return self.local_title

    def get_absolute_url(self) -> str:
        return reverse("communications:announcement", args=[self.public_id])

    @property
    def local_title(self) -> str:
        return (self.title_zh or self.title) if is_chinese() else (self.title or self.title_zh)

    @property
    def local_text(self) -> str:
        return (self.text_zh or self.text) if is_chinese() else (self.text or self.text_zh)

    def is_open(self) -> bool:
        return self.state == self.State.DRAFT

    def is_out(self) -> bool:
        return self.state == self.State.PUBLISHED

    def path(self) -> Path:
        return FILES.path(self.sha256)


class AnnouncementCopyQuerySet(DealerOwnedQuerySet["AnnouncementCopy"]):
    def with_reading(self) -> Self:
        """With when the first of the dealer's people read it, and when it was confirmed."""
        return self.annotate(
            read_at=Min("readings__read_at"), confirmed_at=Min("readings__confirmed_at"), readers=Count("readings")
        )

    def unread(self) -> Self:
        """Nobody of the dealer has read it; where a confirmation is asked for, nobody has given it."""
        read, confirmed = (
            Exists(AnnouncementReading.objects.filter(copy=OuterRef("pk"), **more))  # allow unscoped: tied to the copy
            for more in ({}, {"confirmed_at__isnull": False})
        )
        return self.filter(announcement__state=Announcement.State.PUBLISHED).exclude(
            Q(confirmed) | (Q(announcement__needs_confirmation=False) & Q(read))
        )

    def for_list(self) -> Self:
        return self.select_related("announcement", "dealer").defer("announcement__grams", "dealer__grams")


@dealer_owned()
class AnnouncementCopy(models.Model):
    """That an announcement reached a dealer: what he can read, and what we can prove."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="+", verbose_name=_("dealer"))
    announcement = models.ForeignKey(
        Announcement, models.PROTECT, related_name="copies", verbose_name=_("announcement")
    )
    at = models.DateTimeField(pgettext_lazy("announcement", "reached him"))

    objects = AnnouncementCopyQuerySet.as_manager()

    class Meta:
        verbose_name = _("announcement to a dealer")
        verbose_name_plural = _("announcements to dealers")
        default_permissions = ("view",)
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="communications_announcementcopy_of_dealer", fields=["dealer", "id"]),
            models.UniqueConstraint(name="communications_announcementcopy_once", fields=["dealer", "announcement"]),
        ]
        indexes = [models.Index(fields=["at", "id"], name="communications_anncopy_at")]

    def __str__(self) -> str:
        return self.announcement.local_title

    def get_absolute_url(self) -> str:
        return reverse("communications:news", args=[self.public_id])


@dealer_owned()
class AnnouncementReading(models.Model):
    """Who of the dealer's people read it, and who confirmed it. Written once; nothing in it is taken back."""

    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="+", verbose_name=_("dealer"))
    copy = models.ForeignKey(AnnouncementCopy, models.PROTECT, related_name="readings", db_constraint=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("by"))
    read_at = models.DateTimeField(pgettext_lazy("announcement", "read"))
    confirmed_at = models.DateTimeField(pgettext_lazy("announcement", "confirmed"), null=True)

    objects = DealerOwnedQuerySet["AnnouncementReading"].as_manager()

    class Meta:
        verbose_name = _("reading of an announcement")
        verbose_name_plural = _("readings of announcements")
        default_permissions = ()
        ordering = ["read_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="communications_announcementreading_once", fields=["dealer", "copy", "person"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person.name}: {self.copy.announcement.local_title}"
