"""The second wall around applications: an applicant has his own by the secret of his link, and nothing of what we think."""

from django.db import migrations

from core.database import walls
from core.database.walls import ALL, MY_APPLICATION, WRITE

# Half a day to either side: which day it is depends on the zone, and Python decides it; the wall keeps out the rest.
PUBLISHED = (
    "state = 'open' and opens_on <= (now() + interval '14 hours')::date "
    "and (closes_on is null or closes_on >= (now() - interval '14 hours')::date)"
)
MINE = f"token_hash = {MY_APPLICATION} and link_expires_at > now()"
OF_MINE = "application_id in (select id from onboarding_application)"
OF_MINE_WRITTEN = "application_id in (select id from onboarding_application where state in ('draft', 'sent_back'))"
BY_THE_APPLICANT = "state in ('draft', 'submitted', 'sent_back', 'withdrawn')"
TYPED = (
    "language, source, contact_name, contact_title, email, mobile, legal_name, registration_code, legal_representative, "
    "founded_on, capital, capital_currency, country, city, street, website, staff_count, sales_staff_count, "
    "premises_sqm, warehouse_sqm, experience_years, outlet_count, expected_sales, network, motive, "
    "state, saved_at, submitted_at, closed_at, link_expires_at"
)
# With the asker's own rights, and a function because a policy that asks a table whose policy asks back is refused.
IS_READ = """
create function onboarding_reads_opening(opening bigint) returns boolean language plpgsql stable
set search_path = pg_catalog, public, pg_temp as $$
begin
    return exists (select 1 from onboarding_opening where id = opening);
end
$$
"""
BROUGHT = (
    f"select using ({OF_MINE})",
    f"insert with check ({OF_MINE_WRITTEN})",
    f"delete using ({OF_MINE_WRITTEN})",
)
TABLES = ("opening", "openingline", "criterion", "handling", "mark", "finding", "step", "answer", "applicationbrand",
          "applicationfile")  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("onboarding", "0001_openings_and_applications"),
        ("contracts", "0004_search"),
        ("dealers", "0007_sign_in_walls"),
    ]
    operations = [
        migrations.RunSQL(IS_READ, "drop function onboarding_reads_opening(bigint)"),
        walls.for_applicants(
            "onboarding_application",
            f"select, insert, update ({TYPED})",
            f"select using ({MINE})",
            f"insert with check (token_hash = {MY_APPLICATION} and state = 'draft' "
            "and onboarding_reads_opening(opening_id))",
            f"update using ({MINE}) with check (token_hash = {MY_APPLICATION} and {BY_THE_APPLICANT})",
            staff="select, update",
        ),
        walls.for_applicants(
            "onboarding_opening",
            "select",
            f"select using ({PUBLISHED})",
            "select using (id in (select opening_id from onboarding_application))",
            staff=WRITE,
        ),
        walls.for_applicants(
            "onboarding_openingline",
            "select",
            "select using (opening_id in (select id from onboarding_opening))",
            staff="select, insert, delete",
        ),
        walls.for_applicants("onboarding_applicationbrand", "select, insert, delete", *BROUGHT),
        walls.for_applicants("onboarding_applicationfile", "select, insert, delete", *BROUGHT),
        walls.for_applicants("onboarding_answer", "select", f"select using ({OF_MINE})", staff="select, insert"),
        walls.staff_only("onboarding_criterion", staff=ALL, admin=walls.READ),
        walls.staff_only("onboarding_handling", admin=walls.READ),
        walls.staff_only("onboarding_mark", admin=walls.READ),
        walls.staff_only("onboarding_finding", staff="select, insert", admin=walls.READ),
        walls.staff_only("onboarding_step", admin=walls.READ),
        walls.history("onboarding_application", hide=("token_hash", "grams")),
        *(walls.history(f"onboarding_{table}", hide=("grams",) if table == "opening" else ()) for table in TABLES),
    ]
