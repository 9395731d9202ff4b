"""What this room has to say on My day, in a dealer's file and on his home page."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core import formatting
from dealers import briefing
from dealers.briefing import Figure, Place, Reader, Section, Work
from dealers.rights import looks_after_all
from dealers.tabs import Tab, add
from performance.models import Assessment, Objection, Scorecard, ScorecardLine, ScorecardTemplate
from performance.services.templates import title_of
from performance.sheet import TREND, Sheet

ANSWERABLE = timedelta(days=92)  # later nobody is asked any more

add(
    Tab(
        "scores",
        gettext_lazy("Scores"),
        "performance:scores",
        order=30,
        permission="performance.view_scorecard",
        count=lambda user, dealer: Scorecard.objects.visible_to(user).filter(dealer=dealer).of_latest_editions(),
    )
)


def _published(reader: Reader) -> QuerySet[Scorecard]:
    """The last published cards of the one dealer that the page is about, latest first."""
    found = Scorecard.objects.visible_to(reader.user).of_latest_editions().filter(dealer=reader.dealer)
    return found.published().order_by("-ends_on", "length")[: 3 * TREND]


@briefing.figures(order=10, permission="performance.view_scorecard", asks=(_published,))
def score(reader: Reader) -> Iterator[Figure]:
    """The last score with its course; the dealer reads of what was published only."""
    cards = reader.rows(_published)
    if not cards:
        return
    latest = cards[0]
    course = [card for card in reversed(cards) if card.length == latest.length][-TREND:]
    before = next((card for card in course if card.period == latest.span.previous.key), None)
    sheet = Sheet(latest, before=before, course=course)
    yield Figure(
        label=_("Score, %(period)s") % {"period": latest.span.short},
        value="" if latest.score is None else formatting.number(latest.score, 1),
        grade=latest.grade,
        url=latest.get_absolute_url(),
        reason=sheet.no_score if latest.score is None else "",
        delta=sheet.delta,
        delta_note=sheet.delta_note,
        verdict=sheet.verdict,
        spark=[card.score for card in course],
        spark_label=_("Scores of the last %(count)d periods") % {"count": len(course)},
    )


@briefing.figures(order=35, places=(Place.MEETING,), permission="performance.view_scorecard", asks=(_published,))
def stock_cover(reader: Reader) -> Iterator[Figure]:
    """How many days the stock lasts, as the last published card has it."""
    latest = next(iter(reader.rows(_published)), None)
    if latest is None:
        return
    line = ScorecardLine.objects.visible_to(reader.user).filter(scorecard=latest, measure="cover").first()
    if line is None:
        return
    yield Figure(
        label=_("Days of stock, %(period)s") % {"period": latest.span.short},
        value="" if line.value is None else formatting.number(line.value),
        reason=_("no stock report") if line.value is None else "",
        url=latest.get_absolute_url(),
    )


@briefing.work(order=20, places=(Place.HOME,), permission="performance.acknowledge_scorecard", asks=(_published,))
def cards_to_answer(reader: Reader) -> Iterator[Work]:
    """Cards that the dealer has not answered."""
    since = reader.on - ANSWERABLE
    for card in reader.rows(_published):
        shown_at = card.published_at
        if card.status != Scorecard.Status.PUBLISHED or shown_at is None or timezone.localdate(shown_at) < since:
            continue
        yield Work(
            "chart-bar",
            _("Your scorecard, %(period)s") % {"period": card.span},
            why=_("Look at it, then acknowledge it or object."),
            url=card.get_absolute_url(),
            action=_("Open"),
            section=Section.TODAY,
        )


def _unanswered(reader: Reader) -> QuerySet[Objection]:
    found = Objection.objects.visible_to(reader.user).filter(reader.theirs, outcome=Objection.Outcome.WAITING)
    return found.select_related("scorecard", "dealer").order_by("due_on")[: reader.cut]


@briefing.work(order=20, places=(Place.FILE, Place.DAY), permission="performance.answer_objection", asks=(_unanswered,))
def objections_to_answer(reader: Reader) -> Iterator[Work]:
    for one in reader.rows(_unanswered):
        yield Work(
            "message",
            _("Objection to a scorecard: %(dealer)s") % {"dealer": one.dealer.local_name},
            why=one.text,
            url=one.scorecard.get_absolute_url(),
            due=one.due_on,
            action=_("Answer"),
            section=Section.DECIDE,
            dealer_id=one.dealer_id,
        )


def _unpublished(reader: Reader) -> QuerySet[Assessment]:
    found = Assessment.objects.visible_to(reader.user).filter(state=Assessment.State.COMPUTED)
    return found.order_by("-ends_on")[: reader.cut] if looks_after_all(reader.user) else found.none()


@briefing.work(order=25, places=(Place.DAY,), permission="performance.publish_assessment", asks=(_unpublished,))
def assessments_to_publish(reader: Reader) -> Iterator[Work]:
    for one in reader.rows(_unpublished):
        yield Work(
            "calculator",
            _("Assessment not published: %(period)s") % {"period": one.span},
            why=_("No dealer sees his card before it is published."),
            url=one.get_absolute_url(),
            action=_("Look at it"),
            section=Section.DECIDE,
        )


def _proposed(reader: Reader) -> QuerySet[ScorecardTemplate]:
    """Rules of judging that somebody else proposed."""
    found = ScorecardTemplate.objects.visible_to(reader.user).to_decide(by=reader.user)
    return found.order_by("proposed_at")[: reader.cut] if looks_after_all(reader.user) else found.none()


@briefing.work(order=26, places=(Place.DAY,), permission="performance.approve_scorecardtemplate", asks=(_proposed,))
def rules_to_decide(reader: Reader) -> Iterator[Work]:
    for one in reader.rows(_proposed):
        yield Work(
            "adjustments",
            (_("Scoring rules to end: %(rules)s") if one.is_ending else _("Scoring rules to decide: %(rules)s"))
            % {"rules": title_of(one)},
            why=one.end_reason if one.is_ending else one.reason,
            url=one.get_absolute_url(),
            action=pgettext("a button", "Decide"),
            section=Section.DECIDE,
        )
