"""What `import sandbox` offers: every name that people need who use it alone, and nothing before it is asked for."""

import subprocess
import sys

import pytest

import sandbox


@pytest.mark.parametrize("name", sandbox.__all__)
def test_every_name_is_there(name: str) -> None:
    assert getattr(sandbox, name).__module__.startswith("sandbox.")
    assert name in dir(sandbox)


def test_another_name_is_an_error() -> None:
    with pytest.raises(AttributeError, match=r"^module 'sandbox' has no attribute 'Sandpit'$"):
        sandbox.Sandpit  # noqa: B018 - the access is the test


def test_importing_it_loads_nothing_more() -> None:
    told = "import sandbox, sys; print([name for name in sys.modules if name.startswith('sandbox.')])"
    assert subprocess.run([sys.executable, "-c", told], capture_output=True, text=True).stdout == "[]\n"


async def test_it_is_used_as_its_description_says() -> None:
    async with sandbox.Sandbox(sandbox.Limits(cpu_seconds=2)) as opened:
        execution = await opened.run(sandbox.Program("def f(x): return x * 2"), [sandbox.Call("f", (21,))])
    assert execution.results[0].value == 42
