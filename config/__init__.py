"""Settings, addresses, Celery and the run command: what ties the rooms together."""

from config.celery import app as celery_app  # shared tasks belong to it, in the web processes too

__all__ = ["celery_app"]
