"""What intake found, in words for a person."""

from hierarchy.problem import Problem, StdioTest

_NOUN = {
    "function": "a function to write",
    "program": "a program",
    "math": "a math question",
    "text": "an open question",
}


def describe(problem: Problem) -> str:
    """Say what was found: `3 public tests, entry point two_sum`, `no public tests; a math question`."""
    count = len(problem.public_tests)
    if count == 0:
        subject = f"entry point {problem.entry_point}" if problem.entry_point else _NOUN[problem.task]
        return f"no public tests; {subject}"
    if problem.task == "program":
        noun = "sample input" if all(isinstance(test, StdioTest) for test in problem.public_tests) else "public test"
        return f"{count} {noun}{'s' if count > 1 else ''}, a program on standard input"
    tests = f"{count} public test{'s' if count > 1 else ''}"
    return f"{tests}, entry point {problem.entry_point}" if problem.entry_point else f"{tests}; {_NOUN[problem.task]}"
