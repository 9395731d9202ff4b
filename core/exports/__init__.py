"""Lists as files: `build` makes them, `later` makes long ones as jobs, `answers` chooses between the two."""
