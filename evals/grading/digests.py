"""Long results are compared by digest, so that they need not leave the sandbox: some references of HumanEval+ return
more than 100 MB for their inputs together.

A few lines behind the program replace a long result by the SHA-256 of its bytes. A program can forge that as it can
forge any result, which gains it nothing: the digest that is expected is not there. Equal digests are equal values.
Where they differ, values may still be equal (`2.0 == 2` somewhere inside), and the caller compares them whole.
"""

from typing import NamedTuple

from evals.item import InputsCheck

LONG = 4096
"""Bytes in marshal's format, beyond which a digest takes the place of a value."""
_SOURCE = """

def {name}(*args):
    found = {entry_point}(*args)
    try:
        import hashlib, marshal
        same = found
        if type(found) in (list, tuple):
            same = [int(each) if type(each) in (bool, float) and each == int(each) else each for each in found]
        data = marshal.dumps((type(found).__name__, same), 2)
        if len(data) > {long} and marshal.loads(data)[1] == same{guard}:
            return hashlib.sha256(data).hexdigest()
    except Exception:
        pass
    return [found]
"""
_NO_FLOATS = " and not (type(found) in (list, tuple) and all(type(each) is float for each in found))"
"""For references: a sequence of floats is compared within a tolerance, and so are all results after it."""


class Digest(NamedTuple):
    """Of a value that was too long to be carried."""

    sha256: str


def with_digests(check: InputsCheck, code: str) -> tuple[str, str]:
    """Name of the function to call instead of the entry point, and the program that has it."""
    return _with(check, code, "")


def reference_with_digests(check: InputsCheck) -> tuple[str, str]:
    """The same for the reference: what needs a tolerance, or is not equal to itself, stays whole."""
    return _with(check, check.reference, _NO_FLOATS)


def received(value: object) -> object:
    """What such a program returned: the value, or its `Digest`. What no such program can return is a digest of
    nothing."""
    if isinstance(value, list) and len(value) == 1:
        return value[0]
    return Digest(value if isinstance(value, str) else "")


def _with(check: InputsCheck, code: str, guard: str) -> tuple[str, str]:
    name = f"_{check.entry_point}_short"
    return name, code + _SOURCE.format(name=name, entry_point=check.entry_point, long=LONG, guard=guard)
