"""Programs that attack the sandbox, each with what it tries and how its success would show.

One catalogue for the tests and for `hi-moe sandbox check`. The programs are texts in typed records, not `.py` files
beside them: what a program tries, its source and the judgement of its loot then stand on one screen, nothing needs an
exception in ruff, mypy, coverage or the wheel, and no hostile file can be imported by mistake.
"""
