"""What is true about openings, applications, screening and approval."""

from onboarding.models.application import Answer, Application, ApplicationBrand, ApplicationFile
from onboarding.models.approval import Step
from onboarding.models.opening import Criterion, Opening, OpeningLine
from onboarding.models.screening import Evidence, Finding, FindingFile, Handling, Mark

__all__ = [
    "Answer",
    "Application",
    "ApplicationBrand",
    "ApplicationFile",
    "Criterion",
    "Evidence",
    "Finding",
    "FindingFile",
    "Handling",
    "Mark",
    "Opening",
    "OpeningLine",
    "Step",
]
