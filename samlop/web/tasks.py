"""Housekeeping: what has served its time is forgotten, at night."""

from importlib import import_module
from typing import Any

from django.conf import settings
from procrastinate import builtin_tasks
from procrastinate.contrib.django import app


@app.periodic(cron="30 2 * * *")
@app.task(name="samlop.web.tasks.forget_sessions", queueing_lock="web.forget_sessions")
def forget_sessions(timestamp: int) -> None:
    """A sign-in that was begun and never ended leaves the address that was typed."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


# A job every minute makes half a million rows a year, and nobody asks for the old ones.
@app.periodic(cron="40 2 * * *")
@app.task(name="samlop.web.tasks.forget_jobs", queueing_lock="web.forget_jobs", pass_context=True)
async def forget_jobs(context: Any, timestamp: int) -> None:
    await builtin_tasks.remove_old_jobs(
        context, max_hours=7 * 24, remove_failed=True, remove_cancelled=True, remove_aborted=True
    )
