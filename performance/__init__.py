"""Facts held against terms: measures, scorecards, rebates due, findings."""
