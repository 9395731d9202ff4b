"""The lists of this room: scorecards of the network, and the assessments that made them."""

from typing import Any

from django.db.models import Count, QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import formatting
from core.listing import Column, Empty, Listing, Sort, register
from performance.filters import ScorecardFilter
from performance.models import Assessment, Scorecard

Status, State = Scorecard.Status, Assessment.State
CHIPS = {
    Status.COMPUTED: "now",
    Status.PUBLISHED: "calm",
    Status.ACKNOWLEDGED: "calm",
    Status.OBJECTED: "bad",
}
STATUSES = dict(Status.choices)


def _cards(user: Any) -> QuerySet[Scorecard]:
    return Scorecard.objects.visible_to(user).of_latest_editions().for_list()


def _dealer(card: Scorecard) -> SafeString:
    return format_html(
        '<a href="{}">{}</a><span class="under">{}</span>',
        card.get_absolute_url(), card.dealer.local_name, card.dealer.code,
    )  # fmt: skip


def _score(card: Scorecard) -> SafeString:
    if card.score is None:
        return format_html('<span class="na">{}</span>', _("n/a"))
    return format_html('<b>{}</b> <span class="grade">{}</span>', formatting.number(card.score, 1), card.grade)


def _state(card: Scorecard) -> SafeString:
    status = Status(card.status)
    return format_html('<span class="chip {}">{}</span>', CHIPS[status], STATUSES[status])


def _coverage(card: Scorecard) -> str:
    return formatting.percent(card.weight_with_data / card.weight, 0) if card.weight else ""


SCORECARDS = register(
    Listing(
        "scorecards",
        gettext_lazy("Scorecards"),
        rows=_cards,
        columns=(
            Column("dealer", gettext_lazy("Dealer"), _dealer, lambda card: card.dealer.code),
            Column("name", gettext_lazy("Name"), export=lambda card: card.dealer.local_name),
            Column(
                "period",
                gettext_lazy("Period"),
                lambda card: card.span.short,
                lambda card: card.period,
                Sort(("starts_on",), "performance_card_by_start", descending_first=True),
            ),
            Column(
                "score",
                gettext_lazy("Score"),
                _score,
                lambda card: card.score,
                Sort(("score",), "performance_card_by_score", nullable=True, descending_first=True),
                is_number=True,
            ),
            Column("grade", gettext_lazy("Grade"), export=lambda card: card.grade),
            Column(
                "coverage",
                gettext_lazy("Coverage"),
                _coverage,
                lambda card: card.weight_with_data,
                is_number=True,
                phone="dropped",
            ),
            Column("edition", gettext_lazy("Edition"), export=lambda card: card.edition),
            Column("state", gettext_lazy("State"), _state, lambda card: STATUSES[card.status], phone="bare"),
        ),
        sort="-period",
        empty=Empty(
            "chart-bar",
            gettext_lazy("No scorecards yet"),
            gettext_lazy("An assessment makes one for every dealer with a contract in force in its time."),
        ),
        filters=ScorecardFilter,
        export_right="performance.export_scorecards",
        export_url="performance:scorecards_export",
    )
)


def _assessments(user: Any) -> QuerySet[Assessment]:
    return Assessment.objects.visible_to(user).annotate(cards=Count("scorecards"))


def _period(assessment: Assessment) -> SafeString:
    return format_html(
        '<a href="{}">{}</a><span class="under">{}</span>',
        assessment.get_absolute_url(), capfirst(str(assessment.span)),
        _("Edition %(number)s") % {"number": assessment.edition},
    )  # fmt: skip


def _told(assessment: Assessment) -> SafeString:
    css = "calm" if assessment.state == State.PUBLISHED else "now"
    return format_html('<span class="chip {}">{}</span>', css, assessment.get_state_display())


ASSESSMENTS = register(
    Listing(
        "assessments",
        gettext_lazy("Assessments"),
        rows=_assessments,
        columns=(
            Column("period", gettext_lazy("Period"), _period, lambda one: one.period),
            Column(
                "ends",
                gettext_lazy("Until"),
                lambda one: formatting.iso_day(one.ends_on),
                lambda one: one.ends_on,
                Sort(("ends_on",), "performance_assessment_by_end", descending_first=True),
                is_number=True,
            ),
            Column(
                "cards",
                pgettext_lazy("a number", "Scorecards"),
                lambda one: formatting.number(one.cards),
                lambda one: one.cards,
                is_number=True,
            ),
            Column(
                "computed",
                gettext_lazy("Computed"),
                lambda one: formatting.iso_moment(one.computed_at),
                lambda one: one.computed_at,
                is_number=True,
                phone="dropped",
            ),
            Column("state", gettext_lazy("State"), _told, lambda one: one.get_state_display(), phone="bare"),
        ),
        sort="-ends",
        empty=Empty(
            "calculator",
            gettext_lazy("Nothing has been assessed yet"),
            gettext_lazy("Assess a month, quarter or year that is over; you see the result before any dealer does."),
        ),
        template="performance/assessments.html",
        has_search=False,
    )
)
