"""How dealers are judged, and how they fared: templates, assessments, scorecards, objections."""

from performance.models.assessment import Assessment
from performance.models.objection import Objection
from performance.models.scorecard import Scorecard, ScorecardLine
from performance.models.template import ScorecardTemplate, TemplateGrade, TemplateMeasure

__all__ = [
    "Assessment",
    "Objection",
    "Scorecard",
    "ScorecardLine",
    "ScorecardTemplate",
    "TemplateGrade",
    "TemplateMeasure",
]
