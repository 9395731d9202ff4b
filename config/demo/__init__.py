"""The demo network: Halvard, a maker of bathroom fittings, its people and sixty dealers, in both languages.

Generated, and the same every time relative to the day it is loaded. It tells a story: a young market opened with an
Italian dealer, strong partners, a dealer being parted with, papers that expire, decisions that wait. Built by the same
verbs that people use, under the same database roles; for development only.
"""

PASSWORD = "halvard demo network"  # noqa: S105  (printed at the start; the demo never loads outside development)
DOMAIN = "halvard.example"
