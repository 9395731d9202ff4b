"""What happened, as signed, append-only entries; and the batches that brought them."""

from ledger.models.batch import ColumnMapping, ImportBatch, RejectedRow
from ledger.models.mend import ImportMend
from ledger.models.money import ExchangeRate, Invoice, Payment
from ledger.models.movement import Level, MonthTotal, Movement
from ledger.models.order import Order
from ledger.models.report import ReportDue, ReportDuty
from ledger.models.stock import StockCount, StockGap

__all__ = [
    "ColumnMapping",
    "ExchangeRate",
    "ImportBatch",
    "ImportMend",
    "Invoice",
    "Level",
    "MonthTotal",
    "Movement",
    "Order",
    "Payment",
    "RejectedRow",
    "ReportDue",
    "ReportDuty",
    "StockCount",
    "StockGap",
]
