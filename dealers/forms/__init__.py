"""Forms parse, scope their choices and validate; verbs save. One file per noun."""
