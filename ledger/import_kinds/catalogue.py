"""Territories, product lines, products, terminals, exchange rates: what everybody shares."""

from django.utils.translation import gettext_lazy as _

from dealers.models import ProductLine, Territory
from dealers.services import trees
from ledger.import_kinds.shared import PRODUCT
from ledger.imports.columns import Column, Type
from ledger.imports.kinds import ImportKind, Lookup, Rule, register
from ledger.imports.posting import CHECKED, Posting

NEW_PUBLIC_ID = "substr(replace(gen_random_uuid()::text, '-', ''), 17, 16)"
_NAME = Column("name", _("Name"), required=True, synonyms=("name_en", "名称", "英文名称"))
_NAME_ZH = Column("name_zh", _("Chinese name"), synonyms=("chinese name", "中文名称"))
_PARENT = Column("parent_code", _("Part of"), Type.CODE, length=40, synonyms=("parent", "上级编码", "上级"))
_LEVEL = Column("level", _("Level"), length=40, synonyms=("级别", "层级"))


def _judge_tree(posting: Posting, table: str, code: str) -> None:
    """Same code twice, a parent nobody knows, and circles: told row by row before anything is written."""
    posting.run(
        f"update {CHECKED} c set problem = 'DUPLICATE_KEY:{code}' where problem is null and exists "
        f"(select 1 from {CHECKED} e where e.{code} = c.{code} and e.row < c.row)"
    )
    if not posting.has("parent_code"):
        return
    posting.run(
        f"update {CHECKED} c set problem = 'UNKNOWN_PARENT:parent_code' where problem is null "
        f"and parent_code is not null and not exists (select 1 from {CHECKED} p where p.{code} = c.parent_code) "
        f"and not exists (select 1 from {table} t where upper(t.code) = c.parent_code)"
    )
    posting.run(
        f"""
        with recursive down as (
            select row, {code} from {CHECKED} c
            where problem is null and (parent_code is null or not exists (
                select 1 from {CHECKED} p where p.{code} = c.parent_code))
            union
            select c.row, c.{code} from {CHECKED} c join down d on c.parent_code = d.{code} where c.problem is null
        )
        update {CHECKED} c set problem = 'CIRCLE:parent_code'
        where problem is null and row not in (select row from down)
        """
    )


def _post_tree(posting: Posting, table: str, code: str, more: dict[str, str]) -> None:
    """Insert or rename the nodes, then hang each below its parent. `more`: further columns and their expressions."""
    _judge_tree(posting, table, code)
    names, values = "".join(f", {name}" for name in more), "".join(f", {value}" for value in more.values())
    posting.stored = posting.run(
        f"insert into {table} (code, name, name_zh, low, high, depth, is_archived{names}) "
        f"select c.{code}, c.name, coalesce(c.name_zh, ''), 0, 0, 0, false{values} "
        f"from {CHECKED} c where c.problem is null order by c.row "
        "on conflict (code) do update set name = excluded.name, "
        f"name_zh = case when excluded.name_zh <> '' then excluded.name_zh else {table}.name_zh end"
        + "".join(f", {name} = excluded.{name}" for name in more)
    )
    if posting.has("parent_code"):
        posting.run(
            f"update {table} t set parent_id = p.id "
            f"from {CHECKED} c left join {table} p on upper(p.code) = c.parent_code "
            f"where t.code = c.{code} and c.problem is null and t.parent_id is distinct from p.id"
        )


def _post_territories(posting: Posting) -> None:
    _post_tree(posting, "dealers_territory", "territory_code", {"level": "coalesce(c.level, '')", "time_zone": "''"})
    trees.renumber(Territory)


def _post_lines(posting: Posting) -> None:
    _post_tree(posting, "dealers_productline", "line_code", {})
    trees.renumber(ProductLine)


def _post_products(posting: Posting) -> None:
    posting.run(
        f"update {CHECKED} c set problem = 'DUPLICATE_KEY:product_code' where problem is null and exists "
        f"(select 1 from {CHECKED} e where e.product_code = c.product_code and e.row < c.row)"
    )
    posting.stored = posting.run(
        f"""
        insert into dealers_product
            (public_id, code, name, name_zh, line_id, unit, description, is_sold_to_dealers, is_archived)
        select {NEW_PUBLIC_ID}, c.product_code, c.name, coalesce(c.name_zh, ''), c.line_id, coalesce(c.unit, ''),
               coalesce(c.description, ''), coalesce(lower(c.sold_to_dealers), '1') in ('1', 'yes', 'true', '是'), false
        from {CHECKED} c where c.problem is null order by c.row
        on conflict (code) do update set name = excluded.name, line_id = excluded.line_id, unit = excluded.unit,
            name_zh = case when excluded.name_zh <> '' then excluded.name_zh else dealers_product.name_zh end,
            description = excluded.description, is_sold_to_dealers = excluded.is_sold_to_dealers
        """
    )


def _post_terminals(posting: Posting) -> None:
    posting.stored = posting.run(
        f"""
        insert into dealers_terminal (public_id, code, name, name_zh, outlet_class, territory_id, is_archived)
        select distinct on (c.terminal_code) {NEW_PUBLIC_ID}, c.terminal_code, c.name, coalesce(c.name_zh, ''),
               lower(c.outlet_class), c.territory_id, false
        from {CHECKED} c where c.problem is null order by c.terminal_code, c.row
        on conflict (code) do update set name = excluded.name, outlet_class = excluded.outlet_class,
            territory_id = excluded.territory_id
        """
    )


def _post_rates(posting: Posting) -> None:
    good = posting.rows(f"select count(*) from {CHECKED} where problem is null")[0][0]
    posting.stored = posting.run(
        "insert into ledger_exchangerate (day, currency, quote, rate, source) "
        f"select c.rate_date, c.currency, coalesce(c.quote, 'USD'), c.rate, %s from {CHECKED} c "
        "where c.problem is null on conflict do nothing",
        [posting.batch.source],
    )
    posting.duplicate = good - posting.stored


LINE_LOOKUP = Lookup(
    "line_code", "dealers_productline", "l", "upper(l.code) = {column}", {"line_id": "l.id"}, "UNKNOWN_LINE"
)
TERRITORY_LOOKUP = Lookup(
    "territory_code",
    "dealers_territory",
    "t",
    "upper(t.code) = {column}",
    {"territory_id": "t.id"},
    "UNKNOWN_TERRITORY",
)
TERRITORY = Column(
    "territory_code", _("Territory"), Type.CODE, required=True, length=40, synonyms=("territory", "区域编码", "区域")
)
_OUTLET_CLASSES = ("wholesaler", "retailer", "key_account", "e_shop")

register(
    ImportKind(
        code="territories",
        label=_("Territories"),
        columns=(TERRITORY, _NAME, _NAME_ZH, _PARENT, _LEVEL),
        post=_post_territories,
        permission="dealers.add_territory",
        order=10,
    ),
    ImportKind(
        code="product-lines",
        label=_("Product lines"),
        columns=(
            Column(
                "line_code", _("Product line"), Type.CODE, required=True, length=40,
                synonyms=("line", "产品线编码", "产品线"),
            ),
            _NAME, _NAME_ZH, _PARENT,
        ),
        post=_post_lines,
        permission="dealers.add_productline",
        order=20,
    ),
    ImportKind(
        code="products",
        label=_("Products"),
        columns=(
            PRODUCT,
            _NAME,
            _NAME_ZH,
            Column("line_code", _("Product line"), Type.CODE, length=40, synonyms=("line", "产品线编码", "产品线")),
            Column("unit", _("Unit"), length=20, synonyms=("计量单位", "单位")),
            Column("description", _("Description"), length=10_000, synonyms=("description_en", "说明", "描述")),
            Column(
                "sold_to_dealers", _("Sold to dealers"), choices=("0", "1", "yes", "no", "true", "false", "是", "否"),
                synonyms=("sold_to_resellers", "对经销商销售"),
            ),
        ),
        lookups=(LINE_LOOKUP,),
        post=_post_products,
        permission="dealers.add_product",
        order=30,
    ),
    ImportKind(
        code="terminals",
        label=_("Terminals"),
        columns=(
            Column(
                "terminal_code", _("Terminal"), Type.CODE, required=True, length=40, synonyms=("code", "终端编码")
            ),
            _NAME,
            _NAME_ZH,
            Column(
                "outlet_class", _("Class"), required=True, choices=_OUTLET_CLASSES,
                synonyms=("class", "类型", "终端类型"),
            ),
            TERRITORY,
        ),
        lookups=(TERRITORY_LOOKUP,),
        post=_post_terminals,
        permission="dealers.add_terminal",
        order=60,
    ),
    ImportKind(
        code="exchange-rates",
        label=_("Exchange rates"),
        columns=(
            Column("rate_date", _("Date"), Type.DATE, required=True, synonyms=("date", "日期", "汇率日期")),
            Column("currency", _("Currency"), Type.CODE, required=True, length=3, synonyms=("币种", "货币")),
            Column("quote", _("In currency"), Type.CODE, length=3, synonyms=("base currency", "折算币种")),
            Column(
                "rate", _("Rate"), Type.NUMBER, required=True, low="0.000000000000001",
                synonyms=("end_of_day_rate", "exchange rate", "汇率"),
            ),
        ),
        rules=(Rule("OUT_OF_RANGE", "rate", "x.rate <= 0"),),
        post=_post_rates,
        permission="ledger.add_exchangerate",
        order=40,
    ),
)  # fmt: skip
