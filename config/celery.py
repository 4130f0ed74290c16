"""Celery as it is started: it wakes processes and keeps time; what is to be done stands in the outbox.

The command lines, from the root of the checkout, each under a supervisor that restarts it:

    python -m celery --app=config.celery worker --loglevel=INFO --without-gossip --without-mingle
    python -m celery --app=config.celery beat --loglevel=INFO --pidfile=

One worker serves both lanes with CAIRN_WORKER_PROCESSES processes. A larger installation adds workers, also for one
lane only (`--queues=now`), and raises CAIRN_JOBS_BULK_AT_ONCE with the processes it has. Beat runs once, on its own: as
part of a worker it would outlive that worker's end. SIGTERM lets running jobs end and starts no other; `kill -9` loses
nothing.
"""

import logging
import os
from typing import Any

from celery import Celery, signals
from django.conf import settings
from kombu import Exchange, Queue

from config.starting import refuse_if_half_configured
from core.jobs.kinds import Lane, Message
from core.jobs.registry import all_handlers
from core.jobs.stopping import ask_to_stop

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
# Celery would run Django's checks and not look at what they say; `refuse` below does.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

# Loggers that would write a line for every wake-up, several a second.
CHATTY = ("celery.app.trace", "celery.worker.strategy", "celery.beat")

FOLDER: dict[str, Any] = {
    "broker_url": "filesystem://localhost",
    "broker_transport": "core.jobs.broker.Transport",
    "broker_transport_options": {
        "data_folder_in": str(settings.BROKER_FOLDER),
        "data_folder_out": str(settings.BROKER_FOLDER),
        "control_folder": str(settings.BROKER_FOLDER),
        "polling_interval": 0.2,  # half of it is what a wake-up waits on average
    },
}
NETWORK: dict[str, Any] = {
    "broker_url": settings.CELERY_BROKER_URL,
    # A broker that is down must not hold up a request: the job is committed, and the sweep will find it.
    "broker_transport_options": {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1},
    "broker_connection_timeout": 2,
}

app = Celery("cairn")
app.conf.update(
    **(NETWORK if settings.CELERY_BROKER_URL else FOLDER),
    broker_connection_retry_on_startup=True,
    # The nameless exchange needs no binding, hence no file that a kill could leave half written.
    task_queues=[Queue(lane.value, Exchange(""), routing_key=lane.value) for lane in Lane],
    task_default_queue=Lane.NOW.value,
    task_default_exchange="",
    task_default_routing_key=Lane.NOW.value,
    task_create_missing_queues=False,
    task_ignore_result=True,
    worker_concurrency=settings.WORKER_PROCESSES,
    # With 1 the folder would hand out one message per look; wake-ups are cheap to hold.
    worker_prefetch_multiplier=8,
    worker_enable_remote_control=False,
    worker_redirect_stdouts=False,
    worker_max_memory_per_child=600_000,  # kilobytes; asked between two wake-ups
    worker_cancel_long_running_tasks_on_connection_loss=False,
    beat_schedule_filename=str(settings.CAIRN_VAR / "beat-schedule"),
)
app.autodiscover_tasks()


def timetable() -> dict[str, dict[str, Any]]:
    """What beat sends: the sweep, and the periodic jobs by name. What is not fetched expires when the next comes."""
    pause = settings.JOBS_SWEEP_EVERY.total_seconds()
    return {
        "sweep": {"task": Message.SWEEP.value, "schedule": pause, "options": {"expires": pause}},
        **{
            handler.name: {
                "task": Message.START.value,
                "args": [handler.name],
                "schedule": handler.every,
                "options": {"expires": handler.every.total_seconds()},
            }
            for handler in all_handlers()
            if handler.every is not None
        },
    }


@signals.import_modules.connect
def keep_time(**_signal: object) -> None:
    """Django is set up by now: the handlers can be asked who wants to run when."""
    settings.CAIRN_VAR.mkdir(parents=True, exist_ok=True)
    app.conf.beat_schedule = timetable()


@signals.setup_logging.connect
def keep_our_logs(**_signal: object) -> None:
    """Leave logging as Django's settings have it; Celery sets up its own where nobody answers this."""
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


@signals.worker_init.connect
def refuse(**_signal: object) -> None:
    """A half-configured production runs no jobs either."""
    refuse_if_half_configured()


@signals.worker_shutting_down.connect
def end_drains(**_signal: object) -> None:
    """A drain ends with the queue only: under load that may be hours away."""
    ask_to_stop()
