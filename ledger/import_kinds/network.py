"""The network itself: dealers, the people who sign in, the dealers' customers."""

from django.db import connection
from django.utils.translation import gettext_lazy as _

from core.sorting import sort_key
from dealers.backends import scope_of
from dealers.models import Dealer, User
from dealers.roles import ROLES
from ledger.import_kinds.catalogue import NEW_PUBLIC_ID, TERRITORY_LOOKUP
from ledger.import_kinds.shared import DEALER, DEALER_LOOKUP, IN_REACH
from ledger.imports.columns import Column, Type
from ledger.imports.kinds import ImportKind, Lookup, Rule, register
from ledger.imports.posting import CHECKED, Posting

_TIERS = tuple(Dealer.Tier.values)
_DEALERS_ROLES = [role.code for role in ROLES if role.is_dealers]
_STATUSES = (Dealer.Status.CANDIDATE, Dealer.Status.ACTIVE, Dealer.Status.SUSPENDED, Dealer.Status.PARTING)
_TERRITORY = Column(
    "territory_code", _("Territory"), Type.CODE, length=40, synonyms=("territory", "区域编码", "所在区域")
)
_EMAIL = Column("email", _("E-mail address"), length=254, synonyms=("e-mail", "mail", "邮箱", "电子邮箱"))

# A dealer without a territory of his own belongs to his country, failing that to the top of the tree.
_HOME = """
    coalesce(c.territory_id,
             (select id from dealers_territory where upper(code) = upper(c.country_code)),
             (select id from dealers_territory where parent_id is null order by low, id limit 1))
"""
_CURRENCY = (
    "coalesce(c.currency, (select currency from dealers_company where not is_archived order by id limit 1), 'USD')"
)


def _post_dealers(posting: Posting) -> None:
    posting.run(
        f"update {CHECKED} c set problem = 'DUPLICATE_KEY:dealer_code' where problem is null and exists "
        f"(select 1 from {CHECKED} e where e.dealer_code = c.dealer_code and e.row < c.row and e.name <> c.name)"
    )
    posting.run(
        f"update {CHECKED} c set problem = 'UNKNOWN_TERRITORY:dealer_code' where problem is null and {_HOME} is null"
    )
    _judge_reach(posting)
    posting.run("drop table if exists import_dealers")
    posting.run(
        f"""
        create temporary table import_dealers on commit drop as
        select distinct on (c.dealer_code) c.*, {_HOME} as home_id, d.id as known_id
        from {CHECKED} c left join dealers_dealer d on upper(d.code) = c.dealer_code
        where c.problem is null order by c.dealer_code, c.row
        """
    )
    posting.run(
        f"""
        insert into dealers_dealer (public_id, code, name, name_zh, status, tier, segment, home_id, manager_id,
            currency, time_zone, since, registered_name, registration_number, tax_number, legal_representative,
            staff_count, capital_currency, network, street, city, postal_code, country, phone, website, tags, sort_key,
            created_at, version)
        select {NEW_PUBLIC_ID}, c.dealer_code, c.name, coalesce(c.name_zh, ''), coalesce(lower(c.status), 'active'),
            coalesce(lower(c.tier), ''), '', c.home_id, c.manager_id, {_CURRENCY}, 'UTC', c.since, '', '',
            coalesce(c.tax_number, ''), '', c.staff_count, '', '', coalesce(c.street, ''), coalesce(c.city, ''),
            coalesce(c.postal_code, ''), coalesce(c.country_code, ''), coalesce(c.phone, ''), '', '{{}}', '', now(), 1
        from import_dealers c where c.known_id is null order by c.row
        """
    )
    posting.run(
        """
        update dealers_dealer d set name = c.name, name_zh = coalesce(nullif(c.name_zh, ''), d.name_zh),
            home_id = coalesce(c.territory_id, d.home_id), manager_id = coalesce(c.manager_id, d.manager_id),
            tier = coalesce(lower(c.tier), d.tier), phone = coalesce(c.phone, d.phone), city = coalesce(c.city, d.city),
            street = coalesce(c.street, d.street), postal_code = coalesce(c.postal_code, d.postal_code),
            since = coalesce(c.since, d.since), staff_count = coalesce(c.staff_count, d.staff_count),
            version = d.version + 1
        from import_dealers c where c.known_id = d.id
        """
    )
    posting.run(
        "insert into dealers_contact "
        "(public_id, dealer_id, name, duty, title, email, phone, signs_contracts, is_archived) "
        f"select {NEW_PUBLIC_ID}, d.id, c.contact, 'owner', '', '', coalesce(c.phone, ''), false, false "
        "from import_dealers c join dealers_dealer d on d.code = c.dealer_code "
        "where c.contact is not null and c.known_id is null"
    )
    _sort(posting)
    _tell(posting)
    posting.stored = posting.rows(f"select count(*) from {CHECKED} where problem is null")[0][0]


def _judge_reach(posting: Posting) -> None:
    """A dealer who is there must be within reach; a new one must come to lie within it, as when opened by hand."""
    posting.run(
        f"update {CHECKED} c set problem = 'NOT_YOUR_DEALER:dealer_code' where problem is null and exists "
        "(select 1 from dealers_dealer d where upper(d.code) = c.dealer_code "
        "and not exists (select 1 from import_reach r where r.id = d.id))"
    )
    homes = _homes_in_reach(posting.by)
    if homes is None:
        return
    posting.run(
        f"update {CHECKED} c set problem = 'NOT_YOUR_TERRITORY:dealer_code' where problem is null "
        f"and (c.territory_id is not null or not exists "
        "(select 1 from dealers_dealer d where upper(d.code) = c.dealer_code)) "
        f"and not exists (select 1 from dealers_territory t where t.id = {_HOME} and t.low <@ any(%s::int8range[]))",
        [homes],
    )


def _homes_in_reach(by: User) -> "list[str] | None":
    """The number ranges of territories in which this person may put a dealer; None: everywhere."""
    if by.kind == User.Kind.SYSTEM:
        return None
    reaches = scope_of(by).reaches
    if any(one.is_everywhere for one in reaches):
        return None
    return [f"[{one.node[0]},{one.node[1]}]" for one in reaches if one.node and one.line is None]


def _sort(posting: Posting) -> None:
    """The pinyin sort key is made in Python; one update brings all of them home."""
    names = posting.rows(
        "select d.id, d.name, d.name_zh from dealers_dealer d join import_dealers c on c.dealer_code = upper(d.code)"
    )
    with connection.cursor() as cursor:
        cursor.execute("create temporary table import_sorted (id bigint, sort_key text) on commit drop")
        with cursor.copy("copy import_sorted (id, sort_key) from stdin") as copy:
            for pk, name, name_zh in names:
                copy.write_row((pk, sort_key(name, name_zh)))
        cursor.execute("update dealers_dealer d set sort_key = s.sort_key from import_sorted s where s.id = d.id")
        cursor.execute("drop table import_sorted")


def _tell(posting: Posting) -> None:
    """One event per dealer that is new here."""
    posting.run(
        "insert into dealers_event (at, kind, visibility, dealer_id, actor_id, subject_type, subject_id, "
        "subject_public_id, subject_label, reason, data, request_id, transaction) "
        "select clock_timestamp(), 'dealer.imported', 'both', d.id, %s, 'dealers.dealer', d.id, d.public_id, "
        "d.name, '', jsonb_build_object('file', %s::text), '', pg_current_xact_id()::text::bigint "
        "from import_dealers c join dealers_dealer d on d.code = c.dealer_code where c.known_id is null",
        [posting.by.pk, posting.batch.file_name],
    )


def _post_people(posting: Posting) -> None:
    """Accounts without a password: their owners come in by invitation or reset, never by a file."""
    posting.run(
        f"update {CHECKED} c set problem = 'MISSING_REQUIRED:email' "
        "where problem is null and email is null and mobile is null"
    )
    posting.run(
        f"update {CHECKED} c set problem = 'DUPLICATE_KEY:email' where problem is null and exists "
        f"(select 1 from {CHECKED} e where e.row < c.row and (lower(e.email) = lower(c.email) or e.mobile = c.mobile))"
    )
    posting.run(
        f"update {CHECKED} c set problem = 'MISSING_REQUIRED:dealer_code' "
        "where problem is null and dealer_id is null and lower(role) = any(%s)",
        [_DEALERS_ROLES],
    )
    posting.run(  # a right of ours never comes to a dealer by a file
        f"update {CHECKED} c set problem = 'BAD_CHOICE:role' "
        "where problem is null and dealer_id is not null and not lower(role) = any(%s)",
        [_DEALERS_ROLES],
    )
    if posting.by.kind != User.Kind.SYSTEM and not posting.by.has_perm("dealers.administer"):
        posting.run(
            f"update {CHECKED} c set problem = 'BY_ADMINISTRATORS:role' where problem is null and dealer_id is null"
        )
    posting.run("drop table if exists import_people")
    posting.run(
        f"""
        create temporary table import_people on commit drop as
        select c.*, u.id as known_id from {CHECKED} c
        left join dealers_user u on lower(u.email) = lower(c.email) or u.mobile = c.mobile where c.problem is null
        """
    )
    posting.duplicate = posting.rows("select count(*) from import_people where known_id is not null")[0][0]
    posting.stored = posting.run(
        f"""
        insert into dealers_user (public_id, kind, dealer_id, name, title, email, mobile, language, theme, time_zone,
            is_active, is_superuser, joined_at, password)
        select {NEW_PUBLIC_ID}, case when p.dealer_id is null then 'staff' else 'dealer' end, p.dealer_id, p.name,
            coalesce(p.title, ''), lower(p.email), p.mobile, coalesce(lower(p.language), 'en'), 'auto', 'UTC',
            true, false, now(), '!' || md5(random()::text)
        from import_people p where p.known_id is null order by p.row
        """
    )
    posting.run(
        """
        insert into dealers_user_groups (user_id, group_id)
        select u.id, g.id from import_people p
        join dealers_user u on lower(u.email) = lower(p.email) or u.mobile = p.mobile
        join auth_group g on g.name = lower(p.role)
        where p.known_id is null and p.dealer_id is not null
        on conflict do nothing
        """
    )


def _post_outlets(posting: Posting) -> None:
    posting.stored = posting.run(
        f"""
        insert into dealers_outlet (public_id, dealer_id, code, outlet_class, territory_id, since, is_archived)
        select distinct on (c.dealer_id, c.outlet_code) {NEW_PUBLIC_ID}, c.dealer_id, c.outlet_code,
            lower(c.outlet_class), coalesce(c.territory_id, d.home_id), c.since, false
        from {CHECKED} c join dealers_dealer d on d.id = c.dealer_id
        where c.problem is null order by c.dealer_id, c.outlet_code, c.row
        on conflict (dealer_id, code) do update set outlet_class = excluded.outlet_class,
            territory_id = excluded.territory_id
        """
    )


register(
    ImportKind(
        code="dealers",
        label=_("Dealers"),
        columns=(
            DEALER,
            Column("name", _("Name"), required=True, synonyms=("company", "名称", "公司名称", "经销商名称")),
            Column("name_zh", _("Chinese name"), synonyms=("中文名称",)),
            _TERRITORY,
            Column("country_code", _("Country"), Type.CODE, length=2, synonyms=("country", "国家", "国家代码")),
            Column("currency", _("Currency"), Type.CURRENCY, synonyms=("币种", "货币")),
            Column("city", _("City"), length=100, synonyms=("城市",)),
            Column("street", _("Street"), synonyms=("address", "address_line1", "地址")),
            Column("postal_code", _("Postal code"), length=20, synonyms=("zip", "邮编")),
            Column("phone", _("Phone"), length=40, synonyms=("telephone", "电话")),
            Column("contact", _("Contact"), length=120, synonyms=("contact name", "联系人")),
            Column("tax_number", _("Tax number"), length=60, synonyms=("vat", "税号", "统一社会信用代码")),
            Column("tier", _("Tier"), choices=_TIERS, synonyms=("等级", "经销商等级")),
            Column("status", _("Status"), choices=_STATUSES, synonyms=("状态",)),
            Column("since", _("Dealer since"), Type.DATE, synonyms=("合作起始", "签约日期")),
            Column(
                "staff_count", _("Employees"), Type.WHOLE, low="0", high="10000000",
                synonyms=("number_employees", "员工人数"),
            ),
            Column("manager", _("Account manager"), length=254, synonyms=("account manager", "客户经理")),
        ),
        lookups=(
            TERRITORY_LOOKUP,
            Lookup(
                "manager", "dealers_user", "m", "m.kind = 'staff' and lower(m.email) = lower({column})",
                {"manager_id": "m.id"}, "UNKNOWN_MANAGER",
            ),
        ),
        post=_post_dealers,
        permission="dealers.add_dealer",
        order=50,
    ),
    ImportKind(
        code="people",
        label=_("People"),
        columns=(
            Column("name", _("Name"), required=True, length=120, synonyms=("full name", "姓名")),
            _EMAIL,
            Column("mobile", _("Mobile number"), Type.CODE, length=20, synonyms=("mobile phone", "手机", "手机号")),
            Column(
                "dealer_code", _("Dealer code"), Type.CODE, length=40, synonyms=("dealer", "经销商编码", "经销商代码")
            ),
            Column(
                "role", _("Role"), required=True, choices=tuple(role.code for role in ROLES), synonyms=("角色", "岗位")
            ),
            Column("title", _("Position"), length=120, synonyms=("job title", "职务")),
            Column("language", _("Language"), choices=("en", "zh-hans"), synonyms=("语言",)),
        ),
        lookups=(DEALER_LOOKUP,),
        rules=(IN_REACH,),
        post=_post_people,
        permission="dealers.add_invitation",
        order=55,
    ),
    ImportKind(
        code="outlets",
        label=_("Downstream customers"),
        columns=(
            DEALER,
            Column(
                "outlet_code", _("Customer code"), Type.CODE, required=True, length=40, synonyms=("code", "客户编码")
            ),
            Column(
                "outlet_class", _("Class"), required=True,
                choices=("wholesaler", "retailer", "key_account", "e_shop"), synonyms=("class", "类型", "客户类型"),
            ),
            _TERRITORY,
            Column("since", _("Customer since"), Type.DATE, synonyms=("since", "合作起始")),
        ),
        lookups=(DEALER_LOOKUP, TERRITORY_LOOKUP),
        rules=(Rule("NOT_YOUR_DEALER", "dealer_code", IN_REACH.condition),),
        post=_post_outlets,
        for_dealers=True,
        order=65,
    ),
)  # fmt: skip
