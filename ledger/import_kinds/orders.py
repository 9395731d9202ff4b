"""Orders as the ERP tells them: each file brings the latest state, and the last word counts."""

from django.utils.translation import gettext_lazy as _

from ledger.import_kinds.catalogue import NEW_PUBLIC_ID
from ledger.import_kinds.shared import AMOUNT, CURRENCY, DEALER, DEALER_LOOKUP, IN_REACH
from ledger.imports.columns import Column, Type
from ledger.imports.kinds import ImportKind, Rule, register
from ledger.imports.posting import CHECKED, Posting
from ledger.models import Order

_WORDS = {
    "in process": "open",
    "未发货": "open",
    "on hold": "on_hold",
    "暂停": "on_hold",
    "已发货": "shipped",
    "已送达": "delivered",
    "canceled": "cancelled",
    "已取消": "cancelled",
}
_STATES = (*Order.State.values, *_WORDS)
_STATE = (
    "case lower(c.state) "
    + " ".join(f"when '{said}' then '{meant}'" for said, meant in _WORDS.items())
    + " else lower(c.state) end"
)
_SAME = (
    "(o.state, o.ordered_on, o.promised_on, o.shipped_on, o.amount, o.currency) is not distinct from "
    f"({_STATE}, c.order_date, c.promised_date, c.shipped_date, c.amount, c.currency)"
)


def _post(posting: Posting) -> None:
    posting.run(
        f"update {CHECKED} c set problem = 'MISSING_REQUIRED:shipped_date' where problem is null "
        f"and {_STATE} in ('shipped', 'delivered') and shipped_date is null"
    )
    posting.run(
        f"update {CHECKED} c set problem = 'DUPLICATE_KEY:order_no' where problem is null and exists "
        f"(select 1 from {CHECKED} e where e.dealer_id = c.dealer_id and e.order_no = c.order_no and e.row < c.row)"
    )
    posting.run(
        "select 1 from dealers_dealer where id in "
        f"(select distinct dealer_id from {CHECKED} where problem is null) order by id for key share"
    )
    posting.duplicate = posting.run(
        f"delete from {CHECKED} c using ledger_order o where c.problem is null and o.dealer_id = c.dealer_id "
        f"and o.source = %s and o.number = c.order_no and {_SAME}",
        [posting.batch.source],
    )
    posting.stored = posting.run(
        f"""
        insert into ledger_order (public_id, dealer_id, batch_id, source, number, state, ordered_on, promised_on,
                                  shipped_on, amount, currency)
        select {NEW_PUBLIC_ID}, c.dealer_id, %s, %s, c.order_no, {_STATE}, c.order_date, c.promised_date,
               c.shipped_date, c.amount, c.currency
        from {CHECKED} c where c.problem is null order by c.dealer_id, c.order_no
        on conflict (dealer_id, source, number) do update set
            batch_id = excluded.batch_id, state = excluded.state, ordered_on = excluded.ordered_on,
            promised_on = excluded.promised_on, shipped_on = excluded.shipped_on, amount = excluded.amount,
            currency = excluded.currency
        """,
        [posting.batch.pk, posting.batch.source],
    )


register(
    ImportKind(
        code="orders",
        label=_("Orders"),
        columns=(
            DEALER,
            Column(
                "order_no", _("Order"), Type.CODE, required=True, length=60,
                synonyms=("order", "order number", "Auftragsnr.", "订单号"),
            ),
            Column("state", _("State"), required=True, choices=_STATES, synonyms=("status", "订单状态", "状态")),
            Column("order_date", _("Ordered"), Type.DATE, required=True, synonyms=("ordered", "下单日期", "订单日期")),
            Column(
                "promised_date", _("Promised for"), Type.DATE, may_be_future=True,
                synonyms=("required date", "required_date", "promised", "承诺日期", "要求到货日期"),
            ),
            Column("shipped_date", _("Shipped"), Type.DATE, synonyms=("ship date", "shipped", "发货日期")),
            AMOUNT,
            CURRENCY,
        ),
        lookups=(DEALER_LOOKUP,),
        rules=(IN_REACH, Rule("ENDS_BEFORE_START", "shipped_date", "x.shipped_date < x.order_date")),
        post=_post,
        order=85,
    )
)  # fmt: skip
