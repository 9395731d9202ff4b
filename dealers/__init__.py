"""Who, where, what: people and their scope, dealers, places, products, outlets, documents, approvals, the event log."""
