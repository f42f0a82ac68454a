"""`hi-moe sandbox check`: hostile programs in the real sandbox, tier by tier."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from hi_moe.cli.exits import Exit
from hi_moe.cli.sandbox_exits import SandboxExit
from hi_moe.cli.sandbox_table import CheckView, Tally
from hi_moe.cli.table import table
from hi_moe.isolation import TIERS, isolated, try_tier
from hi_moe.settings_layers import suggest
from hierarchy.errors import UnknownName
from sandbox.hostile.attack import Finding, attack
from sandbox.hostile.catalogue import CATALOGUE
from sandbox.hostile.record import Hostile
from sandbox.settings import SandboxSettings
from sandbox.types import TierName


async def check(
    settings: SandboxSettings, tiers: Sequence[TierName], view: CheckView, programs: Sequence[Hostile]
) -> int:
    """Try `programs` on each of `tiers` that works here, say which do not and why, and give the exit code.

    It is `GOT_THROUGH` when a program got through anywhere, `MISSING` when none of `tiers` works.
    """
    states = [await try_tier(tier, settings.packages) for tier in TIERS]
    usable = [state.tier for state in states if state.works and state.tier in tiers]
    tallies = []
    with view:
        for tier in usable:
            view.begin(tier, [program.name for program in programs])
            tally = Tally(tier)
            async with aclosing(_findings(settings.model_copy(update={"tier": tier}), programs)) as findings:
                async for finding in findings:
                    tally.add(finding)
                    view.show(tier, finding)
            view.finish(tally)
            tallies.append(tally)
    code = _code(tallies)
    view.end(states, tallies, code)
    return code


def chosen(names: Sequence[str]) -> Sequence[Hostile]:
    """The programs of these names, or all of the catalogue. Raises `UnknownName`."""
    known = {program.name: program for program in CATALOGUE}
    for name in names:
        if name not in known:
            hint = suggest(name, known) or "; all names: hi-moe sandbox check --list"
            raise UnknownName(f"no hostile program {name!r}{hint}")
    return [known[name] for name in names] or CATALOGUE


def listing(programs: Sequence[Hostile], as_json: bool) -> str:
    """What `programs` are called and try, one a line."""
    if as_json:
        data = [{"name": program.name, "group": program.group, "tries": program.tries} for program in programs]
        return f"{json.dumps(data)}\n"
    return table([(program.name, program.group, program.tries) for program in programs], ("NAME", "GROUP", "TRIES TO"))


async def _findings(settings: SandboxSettings, programs: Sequence[Hostile]) -> AsyncGenerator[Finding]:
    async with isolated(settings) as sandbox:
        async for finding in attack(sandbox, programs):
            yield finding


def _code(tallies: Sequence[Tally]) -> int:
    if any(tally.through for tally in tallies):
        return SandboxExit.GOT_THROUGH
    return SandboxExit.OK if tallies else Exit.MISSING
