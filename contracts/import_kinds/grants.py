"""The grants of contracts: a territory or named terminals, for a line, alone or with others."""

from django.utils.translation import gettext_lazy as _

from contracts.import_kinds.shared import CONTRACT_LOOKUP, FROM, LINE, NUMBER, UNTIL
from ledger.import_kinds.catalogue import LINE_LOOKUP, NEW_PUBLIC_ID, TERRITORY_LOOKUP
from ledger.import_kinds.shared import DEALER, DEALER_LOOKUP, IN_REACH
from ledger.imports.columns import Column, Type
from ledger.imports.kinds import ImportKind, Rule, register
from ledger.imports.posting import CHECKED, Posting

_EXCLUSIVITIES = ("exclusive", "sole", "non_exclusive", "独家", "独家经销", "非独家")
_MEANT = (
    "case lower(coalesce(c.exclusivity, 'non_exclusive')) when '独家' then 'exclusive' when '独家经销' then 'sole' "
    "when '非独家' then 'non_exclusive' else lower(coalesce(c.exclusivity, 'non_exclusive')) end"
)


def _post(posting: Posting) -> None:
    _read_lists(posting)
    posting.run(
        f"update {CHECKED} c set problem = 'OUTSIDE_THE_TERM:contract_no' from contracts_contract k "
        "where c.problem is null and k.id = c.contract_id and (coalesce(c.starts_on, k.starts_on) < k.starts_on "
        "or coalesce(c.ends_on, k.ends_on) > k.ends_on)"
    )
    posting.duplicate = posting.run(
        f"delete from {CHECKED} c using contracts_contract k, contracts_grant g "
        "where c.problem is null and k.id = c.contract_id and g.contract_id = k.id "
        "and g.territory_id is not distinct from c.territory_id and g.line_id is not distinct from c.line_id "
        f"and g.exclusivity = {_MEANT} and c.territory_id is not null "
        "and g.starts_on = coalesce(c.starts_on, k.starts_on) and g.ends_on = coalesce(c.ends_on, k.ends_on)"
    )
    _insert(posting)
    _refuse_crossing(posting)
    posting.run(
        "update contracts_grant g set in_force = true from import_grants i, contracts_contract k "
        "where g.id = i.grant_id and k.id = g.contract_id and k.status in ('active', 'in_notice')"
    )
    posting.stored = posting.rows("select count(*) from import_grants")[0][0]


def _read_lists(posting: Posting) -> None:
    """Codes of terminals and exceptions stand in one cell, separated by semicolons."""
    for name, table, column, problem in (
        ("import_shops", "dealers_terminal", "terminal_codes", "UNKNOWN_TERMINAL"),
        ("import_less", "dealers_territory", "except_codes", "UNKNOWN_TERRITORY"),
    ):
        posting.run(f"drop table if exists {name}")
        posting.run(
            f"create temporary table {name} on commit drop as select distinct c.row, word, t.id from {CHECKED} c "
            f"cross join lateral regexp_split_to_table(coalesce(c.{column}, ''), '\\s*[;；、]\\s*') as word "
            f"left join {table} t on upper(t.code) = upper(word) where c.problem is null and word <> ''"
        )
        posting.run(
            f"update {CHECKED} c set problem = '{problem}:{column}' where problem is null "
            f"and exists (select 1 from {name} n where n.row = c.row and n.id is null)"
        )
    posting.run(
        f"update {CHECKED} c set problem = 'NOTHING_GRANTED:territory_code' where problem is null "
        "and territory_id is null and not exists (select 1 from import_shops n where n.row = c.row)"
    )


def _insert(posting: Posting) -> None:
    """Out of force first, so that whatever crosses can be named row by row."""
    posting.run("drop table if exists import_grants")
    posting.run(
        f"""
        create temporary table import_grants on commit drop as
        select c.row, {NEW_PUBLIC_ID} as public_id, null::bigint as grant_id
        from {CHECKED} c where c.problem is null order by c.row
        """
    )
    posting.run(
        f"""
        insert into contracts_grant (public_id, dealer_id, contract_id, territory_id, line_id, exclusivity, starts_on,
                                     ends_on, in_force)
        select i.public_id, c.dealer_id, c.contract_id, c.territory_id, c.line_id, {_MEANT},
               coalesce(c.starts_on, k.starts_on), coalesce(c.ends_on, k.ends_on), false
        from import_grants i join {CHECKED} c on c.row = i.row join contracts_contract k on k.id = c.contract_id
        """
    )
    posting.run("update import_grants i set grant_id = g.id from contracts_grant g where g.public_id = i.public_id")
    posting.run("update contracts_grant g set in_force = false from import_grants i where g.id = i.grant_id")
    for part, source, column in (
        ("contracts_grantexception", "import_less", "territory_id"),
        ("contracts_grantterminal", "import_shops", "terminal_id"),
    ):
        posting.run(
            f"insert into {part} (dealer_id, grant_id, {column}) select g.dealer_id, g.id, n.id "
            f"from import_grants i join contracts_grant g on g.id = i.grant_id join {source} n on n.row = i.row"
        )
    posting.run("select contracts_place_grants(array(select grant_id from import_grants))")


def _refuse_crossing(posting: Posting) -> None:
    """A row gives way to what is in force, and to an earlier row of the file."""
    posting.run("drop table if exists import_crossing")
    posting.run(
        """
        create temporary table import_crossing on commit drop as
        with new as (
            select i.row, g.*
            from import_grants i join contracts_grant g on g.id = i.grant_id
            join contracts_contract k on k.id = g.contract_id and k.status in ('active', 'in_notice')
        ),
        pairs as (
            select n.row, o.row as other from new n join contracts_grant g on g.id <> n.id
            left join new o on o.id = g.id
            where (g.in_force or o.row < n.row)
              and g.area && n.area and g.shops && n.shops and g.lines && n.lines
              and daterange(g.starts_on, g.ends_on, '[]') && daterange(n.starts_on, n.ends_on, '[]')
              and contracts_claim(g.exclusivity, g.dealer_id, g.id) && contracts_claim(n.exclusivity, n.dealer_id, n.id)
        )
        select distinct row from pairs
        """
    )
    posting.run(
        f"update {CHECKED} c set problem = 'SHUT_OUT:territory_code' from import_crossing x where x.row = c.row"
    )
    gone = "(select i.grant_id from import_grants i join import_crossing x on x.row = i.row)"
    for table in ("contracts_grantexception", "contracts_grantterminal"):
        posting.run(f"delete from {table} where grant_id in {gone}")
    posting.run(f"delete from contracts_grant where id in {gone}")
    posting.run("delete from import_grants i using import_crossing x where x.row = i.row")


register(
    ImportKind(
        code="grants",
        label=_("Grants of contracts"),
        columns=(
            DEALER,
            NUMBER,
            Column(
                "territory_code", _("Territory"), Type.CODE, length=40, synonyms=("territory", "区域编码", "授权区域")
            ),
            Column(
                "except_codes",
                _("Territories left out"),
                length=2000,
                synonyms=("except", "exceptions", "除外区域"),
                help=_("Several codes are separated by semicolons."),
            ),
            Column(
                "terminal_codes",
                _("Terminals"),
                length=4000,
                synonyms=("terminals", "终端编码", "授权终端"),
                help=_("Granted by themselves; with a territory they are left out of it."),
            ),
            LINE,
            Column(
                "exclusivity", _("Exclusivity"), choices=_EXCLUSIVITIES, synonyms=("exclusive", "独家性", "授权性质")
            ),
            FROM,
            UNTIL,
        ),
        lookups=(DEALER_LOOKUP, CONTRACT_LOOKUP, TERRITORY_LOOKUP, LINE_LOOKUP),
        rules=(IN_REACH, Rule("ENDS_BEFORE_START", "ends_on", "x.ends_on < x.starts_on", needs=("starts_on",))),
        post=_post,
        permission="contracts.file_contract",
        order=74,
    )
)
