"""Imports: a file is read, its rows are checked set-wise, and what is good is posted in one transaction.

`columns` says what a column is, `kinds` what an import is; `files` and `workbooks` read, `words` understands other
people's numbers and dates, `staging` brings rows into the database, `checking` finds what is wrong with them,
`engine` runs the whole. Rooms add kinds in a module named `import_kinds`.
"""
