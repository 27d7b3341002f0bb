"""A place stands on the municipality's own yes, and the database itself refuses any other.

Foreign keys over several columns hold equal what is told twice; Django has no such key. What a key
cannot say is said by triggers that are always enabled: they fire for a superuser, for rows loaded
in bulk and for a connection that replicates, and no setting of the application skips them.
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

# Whether a membership gives its person the mandate of a municipality on a day.
MANDATE = """
create or replace function rollouts_has_mandate(
  membership bigint, person bigint, municipality bigint, day date
) returns boolean language sql stable as $$
  select exists (
    select from accounts_membership m
    where m.id = membership and m.person_id = person and m.role = 'decision_maker'
      and m.municipality_id = municipality
      and m.valid_from <= day and (m.valid_to is null or m.valid_to > day)
  )
$$
"""

# Whether a membership speaks for whom a grant is given to: the host's own decision maker, or the
# contact person of the cooperation.
GRANTED = """
create or replace function rollouts_is_granted(
  granted bigint, membership bigint, person bigint, municipality bigint, solution bigint, day date
) returns boolean language sql stable as $$
  select exists (
    select from rollouts_grant g join accounts_membership m on m.id = membership
    where g.id = granted and g.municipality_id = municipality and g.solution_id = solution
      and g.valid_from <= day and (g.valid_to is null or g.valid_to > day)
      and m.person_id = person
      and m.valid_from <= day and (m.valid_to is null or m.valid_to > day)
      and ((m.role = 'decision_maker' and m.municipality_id = g.host_id)
        or (m.role = 'contact_person' and m.region_id = g.cooperation_id))
  )
$$
"""

GRANT = """
create or replace function rollouts_guard_grant() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if old.valid_to is not null and (new.valid_to is null or new.valid_to > old.valid_to) then
      raise exception 'a grant that has ended is given anew, never made longer'
        using errcode = 'check_violation', constraint = 'grant_only_ends';
    end if;
    return new;
  end if;
  if not rollouts_has_mandate(
    new.membership_id, new.given_by_id, new.municipality_id,
    (new.given_at at time zone 'Europe/Oslo')::date
  ) then
    raise exception 'a grant is given by the municipality itself'
      using errcode = 'check_violation', constraint = 'grant_by_own_mandate';
  end if;
  return new;
end
$$
"""

ANSWER = """
create or replace function rollouts_guard_answer() returns trigger language plpgsql as $$
declare
  told date := (new.recorded_at at time zone 'Europe/Oslo')::date;
begin
  if new.mandate = 'grant' then
    if not (
      rollouts_is_granted(new.grant_id, new.membership_id, new.given_by_id, new.municipality_id,
        new.solution_id, new.given_on)
      and rollouts_is_granted(new.grant_id, new.membership_id, new.given_by_id,
        new.municipality_id, new.solution_id, told)
    ) then
      raise exception 'nobody answers for another municipality without its grant'
        using errcode = 'check_violation', constraint = 'answer_by_grant_in_force';
    end if;
  elsif not (
    rollouts_has_mandate(new.membership_id, new.given_by_id, new.municipality_id, new.given_on)
    and rollouts_has_mandate(new.membership_id, new.given_by_id, new.municipality_id, told)
  ) then
    raise exception 'a municipality answers by a person with its own mandate'
      using errcode = 'check_violation', constraint = 'answer_by_own_mandate';
  end if;
  if new.invitation_id is not null and not exists (
    select from rollouts_invitation i
    where i.id = new.invitation_id and i.rollout_id = new.rollout_id
      and i.municipality_id = new.municipality_id
  ) then
    raise exception 'the invitation is another one''s'
      using errcode = 'check_violation', constraint = 'answer_to_own_invitation';
  end if;
  if new.number <= (
    select coalesce(max(a.number), 0) from rollouts_answer a
    where a.rollout_id = new.rollout_id and a.municipality_id = new.municipality_id
  ) then
    raise exception 'a version comes after those before it'
      using errcode = 'check_violation', constraint = 'answer_number_in_order';
  end if;
  if new.state <> 'yes' and exists (
    select from rollouts_place p join rollouts_cohort c on c.id = p.cohort_id
    where c.rollout_id = new.rollout_id and p.municipality_id = new.municipality_id
      and p.ended_at is null
  ) then
    raise exception 'a place ends before its municipality''s yes does'
      using errcode = 'check_violation', constraint = 'answer_ends_its_place_first';
  end if;
  return new;
end
$$
"""

# What is taken of a cohort by others than one municipality: places, answers that are received and
# not confirmed, and places that are offered.
SEATS = """
create or replace function rollouts_seats_taken(cohort bigint, besides bigint)
returns bigint language sql volatile as $$
  select
    (select count(*) from rollouts_place p
     where p.cohort_id = cohort and p.ended_at is null
       and p.municipality_id is distinct from besides)
    + (select count(distinct r.municipality_id) from rollouts_receivedanswer r
       where r.cohort_id = cohort and r.confirmed_by_id is null and r.withdrawn_at is null
         and r.municipality_id is distinct from besides)
    + (select count(*) from rollouts_placeoffer o join rollouts_wait w on w.id = o.wait_id
       where o.cohort_id = cohort and o.ended_at is null
         and w.municipality_id is distinct from besides)
$$
"""

# Raises unless there is a seat left for the municipality. The cohort's row is locked, so that two
# who ask at once are counted one after the other; an isolation that would count an old picture is
# refused.
ROOM = """
create or replace function rollouts_require_seat(cohort bigint, municipality bigint)
returns void language plpgsql as $$
declare
  most integer;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'places are given in transactions that read what is committed'
      using errcode = 'check_violation', constraint = 'seat_in_read_committed';
  end if;
  select c.maximum into most from rollouts_cohort c where c.id = cohort for no key update;
  if rollouts_seats_taken(cohort, municipality) >= most then
    raise exception 'the cohort is full'
      using errcode = 'check_violation', constraint = 'cohort_never_over_maximum';
  end if;
end
$$
"""

PLACE = """
create or replace function rollouts_guard_place() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if old.ended_at is not null then
      raise exception 'a place that has ended is given anew'
        using errcode = 'check_violation', constraint = 'place_ends_once';
    end if;
    return new;
  end if;
  if not exists (
    select from rollouts_answer a join rollouts_cohort c on c.id = new.cohort_id
    where a.id = new.answer_id and a.municipality_id = new.municipality_id
      and a.solution_id = new.solution_id and a.state = 'yes' and a.rollout_id = c.rollout_id
      and c.state not in ('finished', 'cancelled')
      and a.number = (
        select max(b.number) from rollouts_answer b
        where b.rollout_id = a.rollout_id and b.municipality_id = a.municipality_id
      )
  ) then
    raise exception 'a place stands on the municipality''s own, newest yes'
      using errcode = 'check_violation', constraint = 'place_on_newest_yes';
  end if;
  if new.ended_at is null then
    perform rollouts_require_seat(new.cohort_id, new.municipality_id);
  end if;
  return new;
end
$$
"""

WAIT = """
create or replace function rollouts_guard_wait() returns trigger language plpgsql as $$
begin
  if not exists (
    select from rollouts_answer a
    where a.id = new.answer_id and a.municipality_id = new.municipality_id
      and a.rollout_id = new.rollout_id and a.solution_id = new.solution_id and a.state = 'yes'
  ) then
    raise exception 'a municipality waits on its own yes'
      using errcode = 'check_violation', constraint = 'wait_on_own_yes';
  end if;
  return new;
end
$$
"""

OFFER = """
create or replace function rollouts_guard_offer() returns trigger language plpgsql as $$
declare
  waits bigint;
begin
  if tg_op = 'UPDATE' and old.ended_at is not null then
    raise exception 'an offer that has ended is made anew'
      using errcode = 'check_violation', constraint = 'place_offer_ends_once';
  end if;
  select w.municipality_id into waits
  from rollouts_wait w join rollouts_cohort c on c.id = new.cohort_id
  where w.id = new.wait_id and w.rollout_id = c.rollout_id;
  if waits is null then
    raise exception 'a place is offered to somebody who waits in the same rollout'
      using errcode = 'check_violation', constraint = 'place_offer_in_own_rollout';
  end if;
  if tg_op = 'INSERT' and new.ended_at is null then
    perform rollouts_require_seat(new.cohort_id, waits);
  end if;
  return new;
end
$$
"""

RECEIVED = """
create or replace function rollouts_guard_received() returns trigger language plpgsql as $$
begin
  if new.cohort_id is not null and not exists (
    select from rollouts_cohort c where c.id = new.cohort_id and c.rollout_id = new.rollout_id
  ) then
    raise exception 'a place is reserved in the same rollout'
      using errcode = 'check_violation', constraint = 'received_answer_of_rollout';
  end if;
  if new.confirmed_by_id is not null and not exists (
    select from rollouts_answer a
    where a.id = new.confirmed_by_id and a.rollout_id = new.rollout_id
      and a.municipality_id = new.municipality_id
  ) then
    raise exception 'a received answer is confirmed by the municipality itself'
      using errcode = 'check_violation', constraint = 'received_answer_confirmed_by_own';
  end if;
  if new.cohort_id is not null and new.confirmed_by_id is null and new.withdrawn_at is null
    and (tg_op = 'INSERT' or old.cohort_id is distinct from new.cohort_id
      or old.confirmed_by_id is not null or old.withdrawn_at is not null)
  then
    perform rollouts_require_seat(new.cohort_id, new.municipality_id);
  end if;
  return new;
end
$$
"""

COHORT = """
create or replace function rollouts_guard_cohort() returns trigger language plpgsql as $$
begin
  if new.maximum < old.maximum and rollouts_seats_taken(new.id, null) > new.maximum then
    raise exception 'more places are taken than that'
      using errcode = 'check_violation', constraint = 'cohort_never_over_maximum';
  end if;
  if new.rollout_id <> old.rollout_id then
    raise exception 'a cohort stays in its rollout'
      using errcode = 'check_violation', constraint = 'cohort_stays_in_its_rollout';
  end if;
  return new;
end
$$
"""

FUNCTIONS = (
    (MANDATE, "rollouts_has_mandate(bigint, bigint, bigint, date)"),
    (GRANTED, "rollouts_is_granted(bigint, bigint, bigint, bigint, bigint, date)"),
    (SEATS, "rollouts_seats_taken(bigint, bigint)"),
    (ROOM, "rollouts_require_seat(bigint, bigint)"),
    (GRANT, "rollouts_guard_grant()"),
    (ANSWER, "rollouts_guard_answer()"),
    (PLACE, "rollouts_guard_place()"),
    (WAIT, "rollouts_guard_wait()"),
    (OFFER, "rollouts_guard_offer()"),
    (RECEIVED, "rollouts_guard_received()"),
    (COHORT, "rollouts_guard_cohort()"),
)
GUARDS = (
    ("grant", "grant", "insert or update"),
    ("answer", "answer", "insert"),
    ("place", "place", "insert or update"),
    ("wait", "wait", "insert or update"),
    ("placeoffer", "offer", "insert or update"),
    ("receivedanswer", "received", "insert or update"),
    ("cohort", "cohort", "update"),
)


class Migration(migrations.Migration):
    dependencies = [
        ("rollouts", "0001_rollouts"),
        ("portfolio", "0002_offer_id_and_solution"),
    ]

    operations = [
        *(
            migrations.RunSQL(
                f"alter table rollouts_{table} add constraint {name} "
                f"foreign key ({columns}) references {target} ({target_columns})",
                f"alter table rollouts_{table} drop constraint {name}",
            )
            for table, name, columns, target, target_columns in KEYS
        ),
        *(migrations.RunSQL(words, f"drop function {signature}") for words, signature in FUNCTIONS),
        *(
            migrations.RunSQL(
                f"create trigger guard_{guard} before {events} on rollouts_{table} "
                f"for each row execute function rollouts_guard_{guard}(); "
                f"alter table rollouts_{table} enable always trigger guard_{guard}",
                f"drop trigger guard_{guard} on rollouts_{table}",
            )
            for table, guard, events in GUARDS
        ),
    ]
