"""The roof of the house: settings, routes, workers, embedded services. Importing it loads the Celery app, so that
`celery.current_app` is ours in every process."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
