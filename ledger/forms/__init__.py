"""What is typed about imports, reports and who owes them."""

TABLES = ".csv,.txt,.tsv,.gz,.xlsx"  # files that hold rows
