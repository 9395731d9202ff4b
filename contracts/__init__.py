"""What was agreed: terms, grants, targets, price limits, rebates, cases, parting."""
