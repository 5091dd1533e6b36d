"""What runs, in one place: the demo, the compose file and the fault tests all start these very commands.

A command is a tuple of arguments to the Python interpreter. Server settings are those of the embedded PostgreSQL and
Valkey; `tests/config/test_compose.py` holds `docker-compose.yml` equal to them.
"""

from pathlib import Path
from typing import Final

POSTGRES_MAJOR: Final = 18
VALKEY_MAJOR: Final = 9

# Fit for two cores and 2 GB; a bigger machine overrides them in its own PostgreSQL.
POSTGRES_SETTINGS: Final[dict[str, str]] = {
    "shared_buffers": "256MB",
    "max_connections": "200",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "jit": "off",  # our queries are short; compiling them costs more than it saves
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# Tests throw their database away, so they need not wait for the disk. Commits stay synchronous: the fault tests kill
# PostgreSQL, and what was acknowledged must then have left its memory.
POSTGRES_SETTINGS_NOT_DURABLE: Final[dict[str, str]] = {
    "fsync": "off",
    "full_page_writes": "off",
}
# Sorting by code point is the same on every machine; Chinese names sort by their stored pinyin key.
INITDB_ARGUMENTS: Final = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")

# The broker holds bells only, so nothing is written to disk; evicting a queued bell silently would hide a fault.
VALKEY_SETTINGS: Final[dict[str, str]] = {
    "maxmemory": "256mb",
    "maxmemory-policy": "noeviction",
    "appendonly": "no",
    "save": "",
}


QUEUES: Final = "urgent,default,later"  # in this order: an emergency passes everything, and a ticket to be routed passes the mail


def web(bind: str, *, workers: int = 2) -> tuple[str, ...]:
    """The web server on `bind` (host:port)."""
    return (
        *("-m", "gunicorn", "config.wsgi:application", "--bind", bind),
        *("--worker-class", "gthread", "--workers", str(workers), "--threads", "4"),
        *("--timeout", "60", "--graceful-timeout", "20", "--keep-alive", "5"),
        # Its control socket would be written under HOME, which may not be writable.
        "--no-control-socket",
    )


def worker(*, concurrency: int = 2) -> tuple[str, ...]:
    """The Celery worker."""
    return (
        *("-m", "celery", "-A", "config.celery", "worker", "--loglevel", "INFO"),
        *("--concurrency", str(concurrency), "--queues", QUEUES, "--without-gossip", "--without-mingle"),
    )


def beat(schedule: Path | str) -> tuple[str, ...]:
    """Celery beat, which sweeps for rows whose bell was lost; `schedule` is the file of its last runs."""
    return (
        "-m",
        "celery",
        "-A",
        "config.celery",
        "beat",
        "--loglevel",
        "INFO",
        "--pidfile=",
        "--schedule",
        str(schedule),
    )


# The boot checks ask for tables and policies, which this very command makes.
MIGRATE: Final = ("manage.py", "migrate", "--no-input", "--skip-checks")
LOAD_REFERENCE: Final = ("manage.py", "load_reference")
LOAD_DEMO: Final = ("manage.py", "load_demo")
COLLECT_STATIC: Final = ("manage.py", "collectstatic", "--no-input")
COMPILE_MESSAGES: Final = ("tools/messages.py", "compile")
