"""Mechanism tables: the change history, jobs and schedules, calendars, forms that were sent."""

from core.models.change import Change
from core.models.job import Job
from core.models.schedule import Schedule
from core.models.special_day import SpecialDay
from core.models.submission import Submission

__all__ = ["Change", "Job", "Schedule", "SpecialDay", "Submission"]
