"""Copy the named front-end files to where they are served from, and note their checksums.

Run after `npm ci`. The copies are committed, so that nobody needs Node to run or deploy Samløp;
this script is for whoever raises a version. Needs nothing but Python.
"""

import hashlib
import json
import shutil
from pathlib import Path

FRONTEND = Path(__file__).resolve().parent
ROOT = FRONTEND.parent
SERVED = ROOT / "samlop" / "web" / "static" / "vendor"
FOR_TESTS = ROOT / "tests" / "browser" / "vendor"

# package: (short name, where to, the files served, its licence file)
PACKAGES: dict[str, tuple[str, Path, tuple[str, ...], str]] = {
    "@digdir/designsystemet-css": (
        "designsystemet-css",
        SERVED,
        ("dist/src/index.css",),
        "LICENSE",
    ),
    "@digdir/designsystemet-theme": (
        "designsystemet-theme",
        SERVED,
        ("src/themes/designsystemet.css",),
        "LICENSE",
    ),
    "@fontsource-variable/inter": (
        "inter",
        SERVED,
        # latin-ext carries č đ ŋ š ŧ ž, without which Sámi names fall back to another font.
        ("files/inter-latin-wght-normal.woff2", "files/inter-latin-ext-wght-normal.woff2"),
        "LICENSE",
    ),
    "htmx.org": ("htmx", SERVED, ("dist/htmx.min.js",), "LICENSE"),
    "axe-core": ("axe-core", FOR_TESTS, ("axe.min.js",), "LICENSE"),
}


def copy() -> None:
    """Replace both vendor folders by fresh copies, each with a `manifest.json`."""
    wanted = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))
    versions: dict[str, str] = {**wanted["dependencies"], **wanted["devDependencies"]}
    sums: dict[Path, dict[str, str]] = {SERVED: {}, FOR_TESTS: {}}
    for folder in sums:
        shutil.rmtree(folder, ignore_errors=True)
    for package, (name, folder, files, licence) in PACKAGES.items():
        source = FRONTEND / "node_modules" / package
        installed = json.loads((source / "package.json").read_text(encoding="utf-8"))["version"]
        if installed != versions[package]:
            raise SystemExit(f"{package} {installed} is installed; run `npm ci` first.")
        target = folder / f"{name}-{installed}"
        target.mkdir(parents=True)
        for file in (*files, licence):
            copied = target / Path(file).name
            shutil.copyfile(source / file, copied)
            digest = hashlib.sha256(copied.read_bytes()).hexdigest()
            sums[folder][copied.relative_to(folder).as_posix()] = digest
    for folder, listed in sums.items():
        text = json.dumps(listed, indent=2, sort_keys=True) + "\n"
        (folder / "manifest.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    copy()
