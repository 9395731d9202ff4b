"""The supervisor of `manage.py run`, with small processes of our own; `test_run.py` has it with the portal's."""

import threading
from pathlib import Path

from config.supervisor import Supervisor

NAMES = ("web", "worker", "beat")


def test_the_others_wait_until_the_first_is_open_and_all_end_together(tmp_path: Path) -> None:
    stop = threading.Event()
    seen: list[set[str]] = []
    answers = [False, False, False]  # how often it is asked before it is open

    def watch() -> None:
        seen.append({path.name for path in tmp_path.iterdir()})
        if seen[-1] == set(NAMES):
            stop.set()

    def is_open() -> bool:
        return not answers or answers.pop()

    commands = {name: ["sh", "-c", f"touch {tmp_path / name}; exec sleep 60"] for name in NAMES}
    supervisor = Supervisor(commands, mark=str(tmp_path), folder=tmp_path, say=print, watch=watch, is_open=is_open)
    supervisor.run(stop)
    assert all(there <= {"web"} for there in seen[:4])
    assert seen[-1] == set(NAMES)
    assert all(child.poll() is not None for child in supervisor._children.values())
