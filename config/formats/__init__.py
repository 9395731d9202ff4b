"""How dates are typed, by language, where a browser does not offer a calendar; how they are shown is `core.formatting`.

Django's own English takes 03/04/2026 for the fourth of March, its Chinese takes 2026年3月20日 for nothing at all.
The year comes first in both; a day that could be a month is refused rather than guessed.
"""
