"""Pages that belong to no business noun: probes, language, search."""
