"""What is typed about contracts: drafts, terms, steps, targets, and the rules of law."""
