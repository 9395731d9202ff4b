"""Sell-in, sell-through, stock counts, invoices, payments, opening balances."""

from django.utils.translation import gettext_lazy as _

from ledger.balance import gaps_of
from ledger.import_kinds.shared import (
    ADDS_UP,
    AMOUNT,
    CURRENCY,
    DEALER,
    DEALER_LOOKUP,
    DISCOUNT,
    IN_REACH,
    NOT_ZERO,
    PRODUCT,
    PRODUCT_LOOKUP,
    QUANTITY,
    SIGNS,
    UNIT_PRICE,
)  # fmt: skip
from ledger.imports.columns import Column, Type
from ledger.imports.facts import FactTable
from ledger.imports.kinds import ImportKind, Lookup, register
from ledger.models import Level

_ORDER = Column(
    "order_no", _("Order"), Type.CODE, required=True, length=60,
    synonyms=("order number", "document", "Auftragsnr.", "订单号", "单据号", "出库单号"),
)  # fmt: skip
_LINE = Column(
    "line_no", _("Line"), Type.CODE, required=True, length=20,
    synonyms=("line", "position", "item no", "行号", "序号"),
)  # fmt: skip
_ORDER_DATE = Column(
    "order_date", _("Date"), Type.DATE, required=True,
    synonyms=("date", "invoice date", "delivery date", "Auftragsdatum", "订单日期", "日期", "出库日期"),
)  # fmt: skip
_OUTLET = Column(
    "outlet_code", _("Customer code"), Type.CODE, length=40,
    synonyms=("outlet", "customer", "客户编码", "客户", "下线客户", "门店编码"),
)  # fmt: skip
_OUTLET_LOOKUP = Lookup(
    "outlet_code",
    "dealers_outlet",
    "o",
    "upper(o.code) = {column} and o.dealer_id = d.id",
    {"outlet_id": "o.id"},
    "UNKNOWN_OUTLET",
)


def _movement(level: Level, *, outlet: str = "null::bigint") -> FactTable:
    return FactTable(
        table="ledger_movement",
        own={
            "document": "c.order_no", "occurred_on": "c.order_date", "product_id": "c.product_id", "outlet_id": outlet,
            "quantity": "c.qty", "unit_price": "c.unit_price", "amount": "c.amount", "currency": "c.currency",
        },
        key="c.order_no || '/' || c.line_no",
        compare=("occurred_on", "product_id", "quantity", "amount", "currency"),
        level=level,
        negate=("quantity", "amount"),
        rolls_up=True,
    )  # fmt: skip


SELL_IN = _movement(Level.MAKER_TO_DEALER)
SELL_THROUGH = _movement(Level.DEALER_TO_CUSTOMER, outlet="c.outlet_id")
STOCK = FactTable(
    table="ledger_stockcount",
    own={"counted_on": "c.counted_on", "product_id": "c.product_id", "quantity": "c.qty"},
    key="c.counted_on || '/' || c.product_code",
    compare=("quantity",),
    negate=("quantity",),
)
INVOICES = FactTable(
    table="ledger_invoice",
    own={
        "number": "c.invoice_no", "invoiced_on": "c.invoice_date", "due_on": "c.due_date", "net": "c.net_amount",
        "amount": "c.total_amount", "currency": "c.currency",
    },
    key="c.invoice_no",
    compare=("invoiced_on", "due_on", "amount", "currency"),
    negate=("net", "amount"),
)  # fmt: skip
PAYMENTS = FactTable(
    table="ledger_payment",
    own={
        "paid_on": "c.payment_date", "invoice_number": "coalesce(c.invoice_no, '')", "amount": "c.amount",
        "currency": "c.currency",
    },
    key="c.payment_no",
    compare=("paid_on", "amount", "currency"),
)  # fmt: skip
OPENING = FactTable(
    table="ledger_invoice",
    own={
        "number": "c.reference", "invoiced_on": "c.balance_date", "due_on": "c.due_date", "net": "null::numeric",
        "amount": "c.amount", "currency": "c.currency",
    },
    key="'opening/' || c.reference",
    compare=("invoiced_on", "due_on", "amount", "currency"),
)  # fmt: skip
_INVOICE_NO = Column(
    "invoice_no", _("Invoice"), Type.CODE, length=60, synonyms=("invoice", "invoice number", "发票号", "应收单号")
)
_DUE = Column("due_date", _("Due"), Type.DATE, may_be_future=True, synonyms=("due", "due on", "到期日", "应付日期"))

register(
    ImportKind(
        code="sell-in",
        label=_("Sell-in: manufacturer to dealer"),
        columns=(_ORDER, _LINE, _ORDER_DATE, DEALER, PRODUCT, QUANTITY, UNIT_PRICE, DISCOUNT, AMOUNT, CURRENCY),
        lookups=(DEALER_LOOKUP, PRODUCT_LOOKUP),
        rules=(IN_REACH, NOT_ZERO, SIGNS, ADDS_UP),
        post=SELL_IN.post,
        reverse=SELL_IN.reverse,
        is_reversible=True,
        order=80,
    ),
    ImportKind(
        code="sell-through",
        label=_("Sell-through: dealer to his customers"),
        columns=(
            _ORDER, _LINE, _ORDER_DATE, DEALER, PRODUCT, _OUTLET, QUANTITY, UNIT_PRICE, DISCOUNT, AMOUNT, CURRENCY,
        ),
        lookups=(DEALER_LOOKUP, PRODUCT_LOOKUP, _OUTLET_LOOKUP),
        rules=(IN_REACH, NOT_ZERO, SIGNS, ADDS_UP),
        post=SELL_THROUGH.post,
        reverse=SELL_THROUGH.reverse,
        is_reversible=True,
        for_dealers=True,
        order=81,
    ),
    ImportKind(
        code="stock-counts",
        label=_("Stock counts"),
        columns=(
            DEALER,
            Column(
                "counted_on", _("Counted on"), Type.DATE, required=True,
                synonyms=("date", "count date", "盘点日期", "日期"),
            ),
            PRODUCT,
            Column(
                "qty", _("Quantity"), Type.WHOLE, required=True, low="0", high="1000000000",
                synonyms=("quantity", "stock", "库存", "数量", "盘点数量"),
            ),
        ),
        lookups=(DEALER_LOOKUP, PRODUCT_LOOKUP),
        rules=(IN_REACH,),
        post=STOCK.post,
        warn=gaps_of,
        reverse=STOCK.reverse,
        is_reversible=True,
        for_dealers=True,
        order=82,
    ),
    ImportKind(
        code="invoices",
        label=_("Invoices"),
        columns=(
            Column(
                "invoice_no", _("Invoice"), Type.CODE, required=True, length=60,
                synonyms=("invoice", "invoice number", "发票号", "应收单号"),
            ),
            DEALER,
            Column("invoice_date", _("Invoiced"), Type.DATE, required=True, synonyms=("date", "开票日期", "日期")),
            _DUE,
            Column("net_amount", _("Net amount"), Type.NUMBER, synonyms=("net", "未税金额")),
            Column(
                "total_amount", _("Amount"), Type.NUMBER, required=True,
                synonyms=("amount", "total", "金额", "价税合计"),
            ),
            CURRENCY,
        ),
        lookups=(DEALER_LOOKUP,),
        rules=(IN_REACH,),
        post=INVOICES.post,
        reverse=INVOICES.reverse,
        is_reversible=True,
        order=83,
    ),
    ImportKind(
        code="payments",
        label=_("Payments"),
        columns=(
            Column(
                "payment_no", _("Payment"), Type.CODE, required=True, length=60,
                synonyms=("check_no", "check number", "payment number", "回款单号", "收款单号", "流水号"),
            ),
            DEALER,
            Column(
                "payment_date", _("Paid"), Type.DATE, required=True,
                synonyms=("date", "paid on", "回款日期", "收款日期"),
            ),
            _INVOICE_NO,
            Column("amount", _("Amount"), Type.NUMBER, required=True, synonyms=("paid", "金额", "回款金额")),
            CURRENCY,
        ),
        lookups=(DEALER_LOOKUP,),
        rules=(IN_REACH,),
        post=PAYMENTS.post,
        reverse=PAYMENTS.reverse,
        is_reversible=True,
        order=84,
    ),
    ImportKind(
        code="opening-balances",
        label=_("Opening balances of receivables"),
        columns=(
            Column(
                "reference", _("Reference"), Type.CODE, required=True, length=60,
                synonyms=("invoice_no", "单据号", "参考号"),
            ),
            DEALER,
            Column(
                "balance_date", _("Balance as of"), Type.DATE, required=True, synonyms=("date", "as of", "截止日期")
            ),
            _DUE,
            AMOUNT,
            CURRENCY,
        ),
        lookups=(DEALER_LOOKUP,),
        rules=(IN_REACH,),
        post=OPENING.post,
        reverse=OPENING.reverse,
        is_reversible=True,
        order=70,
    ),
)  # fmt: skip
