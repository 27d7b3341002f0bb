"""Foreign keys over several columns: a place stands on the municipality's own yes.

Django has no such key; the columns that are told twice are held equal here.
"""

from django.db import migrations

KEYS = (
    ("rollout", "rollout_of_offer", "offer_id, solution_id", "portfolio_offer", "id, solution_id"),
    (
        "cohort",
        "cohort_of_rollout",
        "rollout_id, solution_id",
        "rollouts_rollout",
        "id, solution_id",
    ),
    (
        "answer",
        "answer_of_rollout",
        "rollout_id, solution_id",
        "rollouts_rollout",
        "id, solution_id",
    ),
    (
        "answer",
        "answer_by_own_grant",
        "grant_id, municipality_id, solution_id",
        "rollouts_grant",
        "id, municipality_id, solution_id",
    ),
    ("place", "place_of_cohort", "cohort_id, solution_id", "rollouts_cohort", "id, solution_id"),
    (
        "place",
        "place_on_own_yes",
        "answer_id, municipality_id, solution_id, answer_state",
        "rollouts_answer",
        "id, municipality_id, solution_id, state",
    ),
)


class Migration(migrations.Migration):
    dependencies = [
        ("rollouts", "0001_rollouts"),
        ("portfolio", "0002_offer_id_and_solution"),
    ]

    operations = [
        migrations.RunSQL(
            f"alter table rollouts_{table} add constraint {name} "
            f"foreign key ({columns}) references {target} ({target_columns})",
            f"alter table rollouts_{table} drop constraint {name}",
        )
        for table, name, columns, target, target_columns in KEYS
    ]
