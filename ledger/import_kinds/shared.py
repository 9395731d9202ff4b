"""Columns and look-ups that several kinds share, with the names people give them in both languages."""

from django.utils.translation import gettext_lazy as _

from ledger.imports.columns import Column, Type
from ledger.imports.kinds import Lookup, Rule

DEALER = Column(
    "dealer_code", _("Dealer code"), Type.CODE, required=True, length=40,
    synonyms=(
        "dealer", "dealer no", "customer no", "reseller code", "Händler-Nr.", "经销商编码", "经销商代码", "经销商",
    ),
)  # fmt: skip
PRODUCT = Column(
    "product_code", _("Item code"), Type.CODE, required=True, length=40,
    synonyms=(
        "product", "product no", "sku", "item", "Artikel-Nr.", "产品编码", "货号", "商品编码", "物料编码", "单品编码",
    ),
)  # fmt: skip
CURRENCY = Column(
    "currency", _("Currency"), Type.CURRENCY, required=True,
    synonyms=("currency code", "ccy", "Währung", "币种", "货币"),
)  # fmt: skip
QUANTITY = Column(
    "qty", _("Quantity"), Type.WHOLE, required=True, low="-1000000000", high="1000000000",
    synonyms=("quantity", "pieces", "Menge", "数量"),
)  # fmt: skip
UNIT_PRICE = Column(
    "unit_price", _("Unit price"), Type.NUMBER, low="0",
    synonyms=("price", "Stückpreis", "单价", "供货价"),
)  # fmt: skip
DISCOUNT = Column(
    "discount_pct", _("Discount"), Type.PERCENT, low="0", high="1",
    synonyms=("discount", "Rabatt", "折扣率", "折扣"),
)  # fmt: skip
AMOUNT = Column(
    "amount", _("Amount"), Type.NUMBER, required=True,
    synonyms=("net amount", "line amount", "Betrag", "金额", "净额"),
)  # fmt: skip

DEALER_LOOKUP = Lookup(
    "dealer_code", "dealers_dealer", "d", "upper(d.code) = {column}", {"dealer_id": "d.id"}, "UNKNOWN_DEALER"
)
PRODUCT_LOOKUP = Lookup(
    "product_code", "dealers_product", "p", "upper(p.code) = {column}", {"product_id": "p.id"}, "UNKNOWN_PRODUCT"
)
IN_REACH = Rule(
    "NOT_YOUR_DEALER", "dealer_code", "d.id is not null and not exists (select 1 from import_reach r where r.id = d.id)"
)
SIGNS = Rule("SIGN_MISMATCH", "qty", "x.qty * x.amount < 0", needs=("amount",))
NOT_ZERO = Rule("ZERO_QTY", "qty", "x.qty = 0")
# To the cent, as documents are printed; sources that calculate with four decimals are within it.
ADDS_UP = Rule(
    "AMOUNT_MISMATCH",
    "amount",
    "abs(x.amount - x.qty * x.unit_price * (1 - coalesce(x.discount_pct, 0))) > 0.01",
    needs=("qty", "unit_price"),
)
