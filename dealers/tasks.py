"""What workers do for people and dealers. A task carries no rule."""

from celery import shared_task

from dealers.services import letters


@shared_task(name="dealers.tasks.send_letters")
def send_letters() -> None:
    letters.send_due()
