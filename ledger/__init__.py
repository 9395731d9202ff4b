"""What happened: facts, imports, roll-ups, receivables, exchange rates."""
