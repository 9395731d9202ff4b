"""What a worker is woken for. A task carries no rule: ids in, one plain call, safe to run twice."""

from celery import shared_task

from core import runs, ticks


@shared_task(name="core.tasks.tick")
def tick() -> None:
    """Every ten seconds, and whenever somebody rings."""
    ticks.tick()


@shared_task(name="core.tasks.run_job")
def run_job(job_id: int) -> None:
    runs.run(job_id)
