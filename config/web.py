"""The web server of `manage.py run`: granian, with the whole portal loaded before it makes its workers.

Where workers are forked (Linux), none loads it again: the second one costs neither seconds nor memory of its own.

    python -m config.web OPTIONS-OF-GRANIAN config.wsgi:application
"""

import gc
import importlib
import runpy

from django.urls import get_resolver


def main() -> None:
    importlib.import_module("config.wsgi")
    _ = get_resolver().url_patterns  # every view, and whatever it needs
    gc.collect()
    gc.freeze()  # what is loaded stays: a worker that looked through it for garbage would copy it
    runpy.run_module("granian", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
