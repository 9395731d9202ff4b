"""What we find out and think about an applicant. For our people only: his role has no right on any of this."""

from pathlib import Path
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracts.models import Contract
from core.files import store
from core.ids import new_public_id
from core.ownership import staff_only
from dealers.models import Dealer, Person
from onboarding.models.application import Application, OfApplicationQuerySet
from onboarding.models.opening import Criterion

FILES = store.register(store.Store("findings", "onboarding.FindingFile"))


class Evidence(models.TextChoices):
    """What a mark or a finding rests on."""

    VISIT = "visit", pgettext_lazy("evidence", "Visit")
    INTERVIEW = "interview", pgettext_lazy("evidence", "Interview")
    DOCUMENT = "document", pgettext_lazy("evidence", "Document")
    WEBSITE = "website", pgettext_lazy("evidence", "Website")
    SOCIAL_MEDIA = "social_media", pgettext_lazy("evidence", "Social media")
    MARKET = "market", pgettext_lazy("evidence", "Asked in the market")
    CALL = "call", pgettext_lazy("evidence", "Call")
    AUDIT = "audit", pgettext_lazy("evidence", "Financial audit")


@staff_only
class Handling(models.Model):
    """Who of us looks after an application and what he does next; in the end, what became of it."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="handling")
    owner = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("looked after by")
    )
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_on = models.DateField(_("by when"), null=True, blank=True)
    dealer = models.OneToOneField(
        Dealer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("dealer")
    )
    contract = models.OneToOneField(
        Contract, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contract")
    )

    objects = OfApplicationQuerySet["Handling"].as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("handling")
        verbose_name_plural = _("handling")

    def __str__(self) -> str:
        return self.next_step


@staff_only
class Mark(models.Model):
    """How an applicant does on one criterion, and what that rests on. A failed knock-out may be waived."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="marks")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+", verbose_name=_("criterion"))
    score = models.PositiveSmallIntegerField(_("mark"), null=True, blank=True)
    is_passed = models.BooleanField(_("passed"), null=True, blank=True)
    evidence = models.CharField(_("rests on"), max_length=12, choices=Evidence)
    text = models.CharField(_("what was seen or heard"), max_length=500)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    waived_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("waived by")
    )
    waived_at = models.DateTimeField(_("waived"), null=True, blank=True)
    waiver = models.TextField(_("reason of the waiver"), blank=True)

    objects = OfApplicationQuerySet["Mark"].as_manager()

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        default_permissions = ()
        ordering = ["criterion__position"]
        constraints = [
            models.UniqueConstraint(name="onboarding_mark_once", fields=["application", "criterion"]),
            models.CheckConstraint(
                name="onboarding_mark_is_one_to_five_or_a_verdict",
                condition=Q(score__gte=1, score__lte=5, is_passed__isnull=True)
                | Q(score__isnull=True, is_passed__isnull=False),
                violation_error_message=_("A mark is 1 to 5; a knock-out is passed or failed."),
            ),
            models.CheckConstraint(name="onboarding_mark_has_evidence", condition=~Q(text="")),
            models.CheckConstraint(
                name="onboarding_mark_waiver_is_signed",
                condition=Q(waived_by__isnull=True, waived_at__isnull=True, waiver="")
                | (Q(is_passed=False, waived_by__isnull=False, waived_at__isnull=False) & ~Q(waiver="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.score or self.is_passed}"

    def stops(self) -> bool:
        """A knock-out that failed and that nobody waived."""
        return self.is_passed is False and self.waived_by_id is None


@staff_only
class Finding(models.Model):
    """Something found out about an applicant; where it is about what he says, his claim beside what was seen."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="findings")
    evidence = models.CharField(_("rests on"), max_length=12, choices=Evidence)
    field = models.CharField(_("about"), max_length=40, blank=True)
    claimed = models.CharField(_("says"), max_length=200, blank=True)
    seen = models.CharField(_("seen"), max_length=200, blank=True)
    is_different = models.BooleanField(_("differs from what he says"), default=False)
    note = models.TextField(_("note"), blank=True)
    on = models.DateField(_("on"))
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = OfApplicationQuerySet["Finding"].as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        default_permissions = ()
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="onboarding_finding_says_something", condition=~Q(seen="") | ~Q(note=""),
                violation_error_message=_("Say what was seen, or write a note."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.seen or self.note[:60]


class OfFindingQuerySet(models.QuerySet["FindingFile"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(finding__application__in=Application.objects.visible_to(user))


@staff_only
class FindingFile(models.Model):
    """What a finding rests on: a photo, a page, an extract. Given out only through the view that checks who asks."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="files")
    file_name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(_("checksum"), max_length=64)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = OfFindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment of a finding")
        verbose_name_plural = _("attachments of findings")
        default_permissions = ()
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(name="onboarding_findingfile_once", fields=["finding", "sha256"])]

    def __str__(self) -> str:
        return self.file_name

    def path(self) -> Path:
        return FILES.path(self.sha256)
