"""The second wall: who may touch which rows, whatever Python forgot."""

from django.db import migrations

from core.database import walls
from core.database.walls import ME, MY_DEALER

# What others may read of an account: `Person` has exactly these columns.
PERSON = "id, public_id, kind, dealer_id, name, title, email, mobile, language, time_zone, is_active, joined_at"

PEOPLE = walls.RoleSQL(
    [
        "alter table dealers_user enable row level security",
        "create policy dealers_user_app on dealers_user to {app} using (true)",
        "create policy dealers_user_admin on dealers_user to {admin} using (true)",
        "create policy dealers_user_jobs on dealers_user to {jobs} using (true)",
        "create policy dealers_user_staff on dealers_user to {staff} using (true)",
        f"create policy dealers_user_dealer on dealers_user to {{dealer}} using (dealer_id = {MY_DEALER})",
        "create policy dealers_user_ours on dealers_user for select to {dealer} using (kind in ('staff', 'system'))",
        "grant select, insert, update on dealers_user to {app}, {admin}",
        f"grant select ({PERSON}), update (is_active, sessions_void_before) on dealers_user to {{staff}}, {{dealer}}",
        f"grant select ({PERSON}), update (is_active, sessions_void_before) on dealers_user to {{jobs}}",
    ],
    [
        "revoke all on dealers_user from {app}, {admin}, {staff}, {dealer}, {jobs}",
        f"revoke all ({PERSON}, sessions_void_before) on dealers_user from {{staff}}, {{dealer}}, {{jobs}}",
        *(
            f"drop policy dealers_user_{who} on dealers_user"
            for who in ["app", "admin", "jobs", "staff", "dealer", "ours"]
        ),
        "alter table dealers_user disable row level security",
    ],
    "Accounts: others read a person's card, never the password",
)
ROLES_OF_PEOPLE = walls.RoleSQL(
    [
        "alter table dealers_user_groups enable row level security",
        "create policy dealers_user_groups_all on dealers_user_groups to {app}, {admin}, {jobs}, {staff} using (true)",
        "create policy dealers_user_groups_dealer on dealers_user_groups to {dealer} using "
        f"(user_id in (select id from dealers_user where dealer_id = {MY_DEALER}))",
        "grant select, insert, update, delete on dealers_user_groups to {app}, {admin}",
        "grant select on dealers_user_groups to {staff}, {dealer}, {jobs}",
        "grant select on dealers_user_user_permissions to {app}",
        "grant select, insert, update, delete on dealers_user_user_permissions to {admin}",
    ],
    [
        "revoke all on dealers_user_user_permissions from {app}, {admin}",
        "revoke all on dealers_user_groups from {app}, {admin}, {staff}, {dealer}, {jobs}",
        "drop policy dealers_user_groups_all on dealers_user_groups",
        "drop policy dealers_user_groups_dealer on dealers_user_groups",
        "alter table dealers_user_groups disable row level security",
    ],
    "Roles of people: a dealer sees those of its own people",
)
# A notice is read by whom it is for; writing one for the own dealer must not need reading it.
DELIVERIES = walls.RoleSQL(
    [
        "alter table dealers_delivery enable row level security",
        "create policy dealers_delivery_all on dealers_delivery to {staff}, {admin}, {jobs} using (true)",
        f"create policy dealers_delivery_read on dealers_delivery for select to {{dealer}} using (recipient_id = {ME})",
        f"create policy dealers_delivery_mark on dealers_delivery for update to {{dealer}} using (recipient_id = {ME})",
        "create policy dealers_delivery_write on dealers_delivery for insert to {dealer} "
        f"with check (dealer_id = {MY_DEALER})",
        "grant select, insert, update on dealers_delivery to {staff}, {jobs}",
        "grant select, insert, update (read_at) on dealers_delivery to {dealer}",
        "grant select on dealers_delivery to {admin}",
    ],
    [
        "revoke all on dealers_delivery from {staff}, {admin}, {jobs}, {dealer}",
        "revoke all (read_at) on dealers_delivery from {dealer}",
        *(f"drop policy dealers_delivery_{what} on dealers_delivery" for what in ["all", "read", "mark", "write"]),
        "alter table dealers_delivery disable row level security",
    ],
    "Notices: a dealer's people read their own",
)
# The name and contact of a dealer's customer: staff see them by the dealer's consent only.
IDENTITIES = walls.RoleSQL(
    [
        "alter table dealers_outletidentity enable row level security",
        f"create policy dealers_outletidentity_dealer on dealers_outletidentity to {{dealer}} "
        f"using (dealer_id = {MY_DEALER})",
        "create policy dealers_outletidentity_staff on dealers_outletidentity to {staff}, {admin} "
        "using (consented_at is not null)",
        "create policy dealers_outletidentity_jobs on dealers_outletidentity to {jobs} using (true)",
        "grant select, insert, update on dealers_outletidentity to {dealer}, {jobs}",
        "grant select on dealers_outletidentity to {staff}, {admin}",
    ],
    [
        "revoke all on dealers_outletidentity from {dealer}, {jobs}, {staff}, {admin}",
        *(f"drop policy dealers_outletidentity_{who} on dealers_outletidentity" for who in ["dealer", "staff", "jobs"]),
        "alter table dealers_outletidentity disable row level security",
    ],
    "Customers' identities: the dealer's, unless he consents",
)
NOT_INTERNAL = "visibility <> 'internal'"
LOG = "select, insert"


class Migration(migrations.Migration):
    dependencies = [("dealers", "0001_people_and_places"), ("core", "0003_walls")]
    operations = [
        PEOPLE,
        ROLES_OF_PEOPLE,
        walls.dealer_owned("dealers_dealer", column="id", dealer="select, update"),
        walls.dealer_owned("dealers_brandcarried", dealer=walls.ALL, staff=walls.ALL),
        walls.dealer_owned("dealers_contact"),
        walls.dealer_owned("dealers_document", also="not is_internal"),
        walls.dealer_owned("dealers_bankaccount"),
        walls.dealer_owned("dealers_outlet"),
        IDENTITIES,
        walls.dealer_owned("dealers_approval"),
        walls.dealer_owned("dealers_invitation"),
        walls.dealer_owned("dealers_event", dealer=LOG, staff=LOG, jobs=LOG, also=NOT_INTERNAL),
        walls.dealer_owned("dealers_eventpersonal", dealer=LOG, staff=LOG, also=NOT_INTERNAL),
        DELIVERIES,
        walls.staff_only("dealers_internalnote"),
        walls.staff_only("dealers_assignment", staff=walls.READ),
        walls.shared("dealers_territory", staff=walls.WRITE, public=walls.READ),
        walls.shared("dealers_productline", staff=walls.WRITE, public=walls.READ),
        walls.shared("dealers_product", staff=walls.WRITE),
        walls.shared("dealers_company"),
        walls.shared("dealers_terminal", staff=walls.WRITE),
        walls.system("dealers_seededright"),
        walls.append_only("dealers_event"),
        walls.same_dealer("dealers_eventpersonal", "event_id", "dealers_event"),
        walls.same_dealer("dealers_delivery", "event_id", "dealers_event"),
        walls.same_dealer("dealers_outletidentity", "outlet_id", "dealers_outlet"),
    ]
