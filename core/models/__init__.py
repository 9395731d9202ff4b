"""Mechanism tables: the change history, jobs and schedules."""

from core.models.change import Change
from core.models.job import Job
from core.models.schedule import Schedule

__all__ = ["Change", "Job", "Schedule"]
