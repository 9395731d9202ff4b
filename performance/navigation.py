"""What this room brings to the sidebar."""

from django.utils.translation import gettext_lazy as _

from core.navigation import Entry, add, count_by
from performance.models import Objection, ScorecardTemplate

add(
    Entry(
        "perform",
        _("Scorecards"),
        "performance:scorecards",
        icon="chart-bar",
        permission="performance.view_scorecard",
        order=10,
        counters=("objections",),
        shortcut=True,
    ),
    Entry(
        "perform",
        _("Assessments"),
        "performance:assessments",
        icon="calculator",
        permission="performance.view_assessment",
        order=12,
    ),
    Entry(
        "perform",
        _("Scoring rules"),
        "performance:templates",
        icon="adjustments",
        permission="performance.view_scorecardtemplate",
        order=14,
        counters=("proposed_rules",),
        covers=("performance:template*", "performance:trial", "performance:rules"),
    ),
    Entry(
        "business",
        _("My score"),
        "performance:my_score",
        icon="chart-bar",
        permission="performance.view_scorecard",
        order=10,
        shortcut=True,
        covers=("performance:scorecard", "performance:object", "performance:template", "performance:rules"),
    ),
)

count_by(
    "objections",
    lambda user: (
        Objection.objects.visible_to(user).filter(outcome=Objection.Outcome.WAITING)
        if user.is_ours and user.has_perm("performance.answer_objection")
        else None
    ),
)

count_by(
    "proposed_rules",
    lambda user: (
        ScorecardTemplate.objects.visible_to(user).to_decide(by=user)
        if user.is_ours and user.has_perm("performance.approve_scorecardtemplate")
        else None
    ),
)
