"""Who may touch jobs and schedules. A dealer's people see what they asked for themselves."""

from django.db import migrations

from core.database import walls
from core.database.walls import ME, MY_DEALER

OWN = f"tenant_id = {MY_DEALER} and requested_by_id = {ME}"
JOBS = walls.RoleSQL(
    [
        "alter table core_job enable row level security",
        f"create policy core_job_dealer on core_job to {{dealer}} using ({OWN})",
        "create policy core_job_staff on core_job to {staff} using (true)",
        "create policy core_job_admin on core_job to {admin} using (true)",
        "create policy core_job_jobs on core_job to {jobs} using (true)",
        "create policy core_job_app on core_job to {app} using (tenant_id is null and requested_by_id is null)",
        "grant select, insert on core_job to {dealer}, {staff}, {admin}, {app}",
        "grant update (state, finished_at) on core_job to {dealer}",
        "grant update (state, finished_at, error, attempts) on core_job to {staff}, {admin}",
        f"grant {walls.ALL} on core_job to {{jobs}}",
    ],
    [
        "revoke all (state, finished_at, error, attempts) on core_job from {dealer}, {staff}, {admin}",
        "revoke all on core_job from {dealer}, {staff}, {admin}, {app}, {jobs}",
        *(f"drop policy core_job_{who} on core_job" for who in ("dealer", "staff", "admin", "jobs", "app")),
        "alter table core_job disable row level security",
    ],
    "Jobs: a dealer's people see what they asked for",
)
# The sweep notes each period on the row: only what people decide is history.
DECIDED = "name, kind, every, at, weekday, day, time_zone, is_active, makes_up"
HISTORY = walls.RoleSQL(
    [
        f"create trigger core_schedule_history after insert or delete or update of {DECIDED} on core_schedule "
        "for each row execute function core_note_change()"
    ],
    ["drop trigger core_schedule_history on core_schedule"],
    "Keep the history of core_schedule",
)


class Migration(migrations.Migration):
    dependencies = [("core", "0004_jobs")]
    operations = [JOBS, walls.staff_only("core_schedule", staff=walls.READ), HISTORY]
