"""The figures of the sandbox, side by side in one run; `python bench/sandbox.py --help` lists the parts.

The work is done in `bench/sandbox_figures/`. This file only puts the repository's root on the path in place of its own
folder, where `import sandbox` would find this very file instead of the room of that name.
"""

import importlib
import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent


def _without_this_folder() -> None:
    elsewhere = [entry for entry in sys.path if Path(entry or ".").resolve() != _HERE]
    sys.path[:] = [str(_HERE.parent), *elsewhere]


_without_this_folder()
if __name__ == "__main__":
    from bench.sandbox_figures.command import main

    sys.exit(main())
if __name__ == "sandbox":
    # Imported by another script of this folder, which wants the room: the import system takes what it finds there.
    del sys.modules[__name__]
    importlib.import_module(__name__)
