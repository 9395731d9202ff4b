"""Cut the icons that the portal uses out of the full Tabler sprite.

    python scripts/cut_sprite.py path/to/tabler-sprite.svg

The full sprite comes with the npm package @tabler/icons-sprite (see static/vendor/README.md); only the cut is kept
in the repository. Names are found where they are written: `{% icon "bell" %}`, `icon="bell"` and `icon|default:"bell"`
in templates; `icon="bell"`, `"icon": "bell"` and the fourth part of an `Entry(...)` in Python.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SPRITE = ROOT / "static" / "vendor" / "icons" / "sprite.svg"
APPS = ("core", "dealers", "ledger", "contracts", "performance", "onboarding", "communications", "config")

_NAME = r"[\"']([a-z][a-z0-9-]*)[\"']"
_IN_TEMPLATES = re.compile(rf"{{%\s*icon\s+{_NAME}|\bicon\s*=\s*{_NAME}|\bicon\|default:{_NAME}")
_SYMBOL = re.compile(r'<symbol id="tabler-(?P<name>[a-z0-9-]+)"[^>]*>(?P<drawing>.*?)</symbol>', re.DOTALL)
_FRAME = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'
# No stroke width: an attribute on the symbol would win over the style sheet.
_OPEN = (
    '<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
    'stroke-linecap="round" stroke-linejoin="round">'
)


def used_names(root: Path = ROOT) -> dict[str, Path]:
    """Every icon that the source asks for, with a file that asks for it."""
    found: dict[str, Path] = {}
    for path in [*root.glob("templates/**/*.html"), *root.glob("*/templates/**/*.html")]:
        for match in _IN_TEMPLATES.finditer(path.read_text(encoding="utf-8")):
            found[next(filter(None, match.groups()))] = path
    for path in (path for app in APPS for path in root.glob(f"{app}/**/*.py")):
        for name in _in_python(ast.parse(path.read_text(encoding="utf-8"))):
            found[name] = path
    return found


def _in_python(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        values: list[ast.expr | None] = []
        match node:
            case ast.Call():
                values = [keyword.value for keyword in node.keywords if keyword.arg == "icon"]
                if isinstance(node.func, ast.Name) and node.func.id == "Entry":
                    values += node.args[3:4]
            case ast.Dict():
                pairs = zip(node.keys, node.values, strict=True)
                values = [value for key, value in pairs if isinstance(key, ast.Constant) and key.value == "icon"]
            case ast.Assign(targets=[ast.Name(id="icon")]) | ast.AnnAssign(target=ast.Name(id="icon")):
                values = [node.value]
        for value in values:
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
                yield value.value


def sprite_names(sprite: Path = SPRITE) -> set[str]:
    """The names that the kept sprite holds."""
    return set(re.findall(r'<symbol id="([a-z0-9-]+)"', sprite.read_text(encoding="utf-8")))


def cut(full: str, names: set[str]) -> str:
    """The sprite with these names only; an unknown name stops the cut."""
    drawings = {symbol["name"]: symbol["drawing"] for symbol in _SYMBOL.finditer(full) if symbol["name"] in names}
    if missing := names - drawings.keys():
        raise SystemExit(f"Tabler has no icon called {', '.join(sorted(missing))}.")
    symbols = (f"{_OPEN.format(name=name)}{drawings[name].replace(_FRAME, '')}</symbol>" for name in sorted(drawings))
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def main(arguments: list[str]) -> None:
    if not arguments:
        raise SystemExit(__doc__)
    full, *kept = arguments
    names = set(used_names()) | set(kept)
    SPRITE.write_text(cut(Path(full).read_text(encoding="utf-8"), names), encoding="utf-8")
    sys.stdout.write(f"{len(names)} icons, {SPRITE.stat().st_size // 1024} KB: {SPRITE.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
