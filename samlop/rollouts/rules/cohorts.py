"""Cohorts: how far they have come, and when the next one may invite."""

from enum import StrEnum


class CohortState(StrEnum):
    """How far a cohort has come."""

    PLANNED = "planned"
    ENROLLING = "enrolling"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class StopMeasure(StrEnum):
    """What is measured of a cohort before the next one may invite."""

    # Whole per cent of the cohort that has taken it in use, some days after the start.
    SHARE_IN_USE = "share_in_use"
    CRITICAL_FAULTS = "critical_faults"
    EVALUATIONS_ANSWERED = "evaluations_answered"
