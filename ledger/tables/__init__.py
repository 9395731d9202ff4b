"""The lists of this room: imports, and the entries that they brought."""

from ledger.tables.duties import DUTIES
from ledger.tables.entries import INVOICES, MOVEMENTS, PAYMENTS, STOCK
from ledger.tables.imports import IMPORTS
from ledger.tables.orders import ORDERS
from ledger.tables.reports import REPORTS

__all__ = ["DUTIES", "IMPORTS", "INVOICES", "MOVEMENTS", "ORDERS", "PAYMENTS", "REPORTS", "STOCK"]
