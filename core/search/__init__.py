"""Finding things by a few letters: `grams` is the index and the condition, `sources` what the search page asks."""
