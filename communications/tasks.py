"""What a worker is woken for. A task carries no rule: one plain call, safe to run twice."""

from celery import shared_task

from communications import outbox


@shared_task(name="communications.tasks.drain")
def drain() -> None:
    outbox.drain()
