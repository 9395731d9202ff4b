"""The application (经销申请): what somebody without an account tells us of his company, and what we answer him.

Everything here may be read by the applicant himself. What we think of him stands in `screening` and `approval`, which
his role has no right on.
"""

from datetime import datetime
from pathlib import Path
from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import countries
from core.files import store
from core.ids import new_public_id
from core.ownership import for_applicants
from core.search.grams import grams_of
from onboarding.models.opening import Opening

FILES = store.register(store.Store("applications", "onboarding.ApplicationFile"))


def new_number() -> str:
    """Drawn, not counted: a series would tell an applicant how many others there are."""
    drawn = new_public_id().upper()
    return f"{drawn[:4]}-{drawn[4:8]}"


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, user: Any) -> Self:
        """Our people see what was sent, in the openings they look after. What somebody still writes is his own."""
        return self.filter(opening__in=Opening.objects.visible_to(user), submitted_at__isnull=False)

    def running(self) -> Self:
        """Sent, and neither decided nor taken back."""
        return self.filter(state__in=RUNNING)

    def for_list(self) -> Self:
        return self.select_related("opening__territory", "handling__owner")


@for_applicants
class Application(models.Model):
    """Somebody who wants to become our dealer in an opening. Opened by the secret in a link, kept as its hash."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("application", "Being written")
        SUBMITTED = "submitted", pgettext_lazy("application", "Received")
        SCREENING = "screening", pgettext_lazy("application", "In screening")
        IN_APPROVAL = "in_approval", pgettext_lazy("application", "In approval")
        SENT_BACK = "sent_back", pgettext_lazy("application", "Sent back for more")
        APPROVED = "approved", pgettext_lazy("application", "Approved")
        REJECTED = "rejected", pgettext_lazy("application", "Not approved")
        WITHDRAWN = "withdrawn", pgettext_lazy("application", "Withdrawn")

    class Source(models.TextChoices):
        ONLINE = "online", pgettext_lazy("source", "Online")
        FAIR = "fair", pgettext_lazy("source", "Trade fair")
        ASSOCIATION = "association", pgettext_lazy("source", "Association or chamber")
        REFERRAL = "referral", pgettext_lazy("source", "Recommendation")
        OUTREACH = "outreach", pgettext_lazy("source", "Your people came to us")
        TENDER = "tender", pgettext_lazy("source", "Tender")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    number = models.CharField(_("application number"), max_length=12, unique=True, default=new_number, editable=False)
    opening = models.ForeignKey(Opening, models.PROTECT, related_name="applications", verbose_name=_("opening"))
    state = models.CharField(_("state"), max_length=11, choices=State, default=State.DRAFT)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    link_version = models.PositiveIntegerField(default=1, editable=False)
    link_expires_at = models.DateTimeField(editable=False)
    told_of_end = models.DateTimeField(null=True, editable=False)  # the end of the link that a letter spoke of
    language = models.CharField(_("language"), max_length=10, default="en")
    source = models.CharField(_("source"), max_length=11, choices=Source, default=Source.ONLINE)

    contact_name = models.CharField(_("your name"), max_length=120)
    contact_title = models.CharField(_("position"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    mobile = models.CharField(_("mobile number"), max_length=20, blank=True)

    legal_name = models.CharField(_("legal name, as on the licence"), max_length=200, blank=True)
    registration_code = models.CharField(_("registration number"), max_length=60, blank=True)
    legal_representative = models.CharField(_("legal representative"), max_length=120, blank=True)
    founded_on = models.DateField(_("founded"), null=True, blank=True)
    capital = models.DecimalField(_("registered capital"), max_digits=20, decimal_places=4, null=True, blank=True)
    capital_currency = models.CharField(_("currency of the capital"), max_length=3, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    street = models.CharField(_("street"), max_length=200, blank=True)
    website = models.URLField(_("website"), blank=True)

    staff_count = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    sales_staff_count = models.PositiveIntegerField(_("sales staff"), null=True, blank=True)
    premises_sqm = models.PositiveIntegerField(_("premises, m²"), null=True, blank=True)
    warehouse_sqm = models.PositiveIntegerField(_("warehouse, m²"), null=True, blank=True)
    experience_years = models.PositiveSmallIntegerField(_("years in this trade"), null=True, blank=True)
    outlet_count = models.PositiveIntegerField(_("outlets you supply"), null=True, blank=True)
    expected_sales = models.DecimalField(
        _("sales with us expected in the first year"), max_digits=20, decimal_places=4, null=True, blank=True
    )
    network = models.TextField(_("your sales network"), max_length=2000, blank=True)
    motive = models.TextField(_("why you want to work with us"), max_length=2000, blank=True)

    created_at = models.DateTimeField(_("begun"), auto_now_add=True)
    saved_at = models.DateTimeField(_("saved"), auto_now=True)
    submitted_at = models.DateTimeField(_("sent"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    grams = grams_of("number", "legal_name", "registration_code", "contact_name")

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-submitted_at", "-pk"]
        permissions = [
            ("work_application", _("Can screen applications")),
            ("approve_regional", _("Can decide on applications as regional director")),
            ("approve_line", _("Can decide on applications as product-line manager")),
            ("approve_sales", _("Can decide on applications as head of sales")),
            ("override_knockout", _("Can waive a failed knock-out with a reason")),
            ("export_applications", _("Can export lists of applications")),
        ]
        constraints = [
            models.CheckConstraint(
                name="onboarding_application_can_be_reached",
                condition=~Q(email="") | ~Q(mobile=""),
                violation_error_message=_("An e-mail address or a mobile number is needed."),
            ),
            models.CheckConstraint(
                name="onboarding_application_sent_says_who",
                condition=Q(state__in=["draft", "withdrawn"]) | (Q(submitted_at__isnull=False) & ~Q(legal_name="")),
                violation_error_message=_("What is sent says when, and for which company."),
            ),
            models.CheckConstraint(
                name="onboarding_application_over_is_closed",
                condition=~Q(state__in=["approved", "rejected", "withdrawn"]) | Q(closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="onboarding_application_capital_has_currency",
                condition=Q(capital__isnull=True) | ~Q(capital_currency=""),
                violation_error_message=_("Registered capital needs its currency."),
            ),
        ]
        indexes = [
            models.Index(fields=["submitted_at", "id"], name="onboarding_app_by_day"),
            models.Index(fields=["state", "submitted_at", "id"], name="onboarding_app_by_state"),
            models.Index(fields=["registration_code"], name="onboarding_app_of_company"),
            GinIndex(fields=["grams"], name="onboarding_app_grams"),
        ]

    def __str__(self) -> str:
        return self.legal_name or self.contact_name

    def get_absolute_url(self) -> str:
        return reverse("onboarding:application", args=[self.public_id])

    @property
    def address(self) -> str:
        """In one line, with the name of the country."""
        return countries.address(self.street, "", self.city, self.country)

    def is_editable(self) -> bool:
        """The applicant may still write."""
        return self.state in EDITABLE

    def is_over(self) -> bool:
        return self.state in OVER

    def is_link_open(self, *, now: datetime) -> bool:
        return now < self.link_expires_at


State = Application.State
EDITABLE = (State.DRAFT, State.SENT_BACK)
RUNNING = (State.SUBMITTED, State.SCREENING, State.IN_APPROVAL, State.SENT_BACK)
OVER = (State.APPROVED, State.REJECTED, State.WITHDRAWN)


class OfApplicationQuerySet[M: models.Model](models.QuerySet[M]):
    """What hangs on an application: who sees it sees them."""

    def visible_to(self, user: Any) -> Self:
        return self.filter(application__in=Application.objects.visible_to(user))


@for_applicants
class ApplicationBrand(models.Model):
    """A brand that the applicant sells today, as he says."""

    class Relation(models.TextChoices):
        RIVAL = "rival", _("Competing")
        COMPLEMENT = "complement", _("Complementary")

    application = models.ForeignKey(Application, models.PROTECT, related_name="brands")
    brand = models.CharField(_("brand"), max_length=100)
    products = models.CharField(_("products"), max_length=200, blank=True)
    relation = models.CharField(_("beside our products"), max_length=10, choices=Relation, default=Relation.COMPLEMENT)
    share_percent = models.DecimalField(
        _("share of your sales, %"), max_digits=5, decimal_places=2, null=True, blank=True
    )

    objects = OfApplicationQuerySet["ApplicationBrand"].as_manager()

    class Meta:
        verbose_name = _("brand carried")
        verbose_name_plural = _("brands carried")
        default_permissions = ()
        ordering = ["brand", "pk"]
        constraints = [
            models.UniqueConstraint(name="onboarding_brand_once", fields=["application", "brand"]),
            models.CheckConstraint(
                name="onboarding_brand_share_is_a_share",
                condition=Q(share_percent__isnull=True) | Q(share_percent__gte=0, share_percent__lte=100),
                violation_error_message=_("A share lies between 0 and 100."),
            ),
        ]

    def __str__(self) -> str:
        return self.brand


@for_applicants
class ApplicationFile(models.Model):
    """A paper of the applicant. Given out only through the view that checks who asks."""

    class Kind(models.TextChoices):
        LICENCE = "licence", _("Business licence")
        TAX = "tax", _("Tax certificate")
        ACCOUNTS = "accounts", pgettext_lazy("kind of document", "Annual accounts")
        PHOTO = "photo", pgettext_lazy("kind of document", "Photos of premises")
        OTHER = "other", _("Other document")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="files")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    file_name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(_("checksum"), max_length=64)
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    objects = OfApplicationQuerySet["ApplicationFile"].as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        default_permissions = ()
        ordering = ["uploaded_at", "pk"]
        constraints = [models.UniqueConstraint(name="onboarding_file_once", fields=["application", "sha256"])]

    def __str__(self) -> str:
        return self.file_name

    def path(self) -> Path:
        return FILES.path(self.sha256)


@for_applicants
class Answer(models.Model):
    """What the applicant reads of a decision: which signature, how it went, and why. Never who, never a note."""

    class Outcome(models.TextChoices):
        APPROVED = "approved", pgettext_lazy("answer", "Approved")
        SENT_BACK = "sent_back", pgettext_lazy("answer", "Add to it")
        REJECTED = "rejected", pgettext_lazy("answer", "Not approved")

    application = models.ForeignKey(Application, models.PROTECT, related_name="answers")
    step = models.PositiveSmallIntegerField(_("step"))
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome)
    reason = models.TextField(_("reason"))
    at = models.DateTimeField(_("at"))

    objects = OfApplicationQuerySet["Answer"].as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        default_permissions = ()
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.reason[:60]
