"""Forms of results: which period to assess, words about a card, and the rules of judging."""
