"""Pages of this room: scorecards, assessments, and the rules that scores are made by."""
