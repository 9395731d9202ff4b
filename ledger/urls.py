"""Addresses of the ledger, under the namespace `ledger`."""

from django.urls import URLPattern, URLResolver, path

from ledger.views import duties, entries, imports, mends, receivables, reports, trade

app_name = "ledger"
urlpatterns: list[URLPattern | URLResolver] = [
    path("imports/", imports.import_list, name="imports"),
    path("imports/new/", imports.upload, name="import_new"),
    path("imports/<str:public_id>/", imports.detail, name="import"),
    path("imports/<str:public_id>/columns/", imports.columns, name="import_columns"),
    path("imports/<str:public_id>/mend/", mends.mend, name="import_mend"),
    path("imports/<str:public_id>/mends/", mends.mends, name="import_mends"),
    path("imports/<str:public_id>/post/", imports.post, name="import_post"),
    path("imports/<str:public_id>/discard/", imports.discard, name="import_discard"),
    path("imports/<str:public_id>/reverse/", imports.reverse, name="import_reverse"),
    path("imports/<str:public_id>/rejected.csv", imports.rejected_rows, name="import_rejected"),
    path("movements/", entries.movements, name="movements"),
    path("movements/export.<str:file_format>", entries.movements_export, name="movements_export"),
    path("invoices/", entries.invoices, name="invoices"),
    path("invoices/export.<str:file_format>", entries.invoices_export, name="invoices_export"),
    path("payments/", entries.payments, name="payments"),
    path("payments/export.<str:file_format>", entries.payments_export, name="payments_export"),
    path("stock/", entries.stock, name="stock"),
    path("stock/export.<str:file_format>", entries.stock_export, name="stock_export"),
    path("orders/", entries.orders, name="orders"),
    path("receivables/", receivables.receivables, name="receivables"),
    path("receivables/export.<str:file_format>", receivables.receivables_export, name="receivables_export"),
    path("reports/", reports.report_list, name="reports"),
    path("reports/duties/", duties.duty_list, name="duties"),
    path("reports/duties/new/", duties.begin_for_many, name="duties_new"),
    path("reports/<str:public_id>/", reports.report, name="report"),
    path("reports/<str:public_id>/file/", reports.file, name="report_file"),
    path("reports/<str:public_id>/nothing/", reports.nothing, name="report_nothing"),
    path("reports/<str:public_id>/waive/", reports.waive, name="report_waive"),
    path("dealers/<str:public_id>/reports/", duties.tab, name="reports_tab"),
    path("dealers/<str:public_id>/reports/duties/", duties.settle, name="duties_of"),
    path("trade/", trade.my_trade, name="my_trade"),
    path("dealers/<str:public_id>/trade/", trade.trade, name="trade"),
]
