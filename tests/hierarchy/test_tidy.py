"""What is a demonstration and what belongs to the program."""

import pytest

from hierarchy.tidy import says_nothing, without_demo

FUNCTION = "def double(x):\n    print('working')\n    return 2 * x\n"


@pytest.mark.parametrize(
    "demo",
    [
        "print(double(2))\n",
        "# Test cases\nprint(double(2))  # 4\nprint(double(3))\n",
        "assert double(2) == 5, 'the model is wrong about its own function'\n",
        'if __name__ == "__main__":\n    print(double(2))\n',
        "import doctest\ndoctest.testmod()\n",
        "print(\n    double(2),\n)\n# that was it\n",
        "result = double(2)\nprint(result)\n",
        "cases = [(1, 2), (2, 4)]\nfor given, expected in cases:\n    assert double(given) == expected\n",
        "shown = [double(x) for x in (1, 2)]\n",
    ],
)
def test_a_demonstration_goes(demo: str) -> None:
    assert without_demo(f"{FUNCTION}\n{demo}").replace("import doctest\n", "").rstrip() == FUNCTION.rstrip()


@pytest.mark.parametrize(
    "code",
    [
        FUNCTION,
        "import sys\nsys.setrecursionlimit(10000)\n" + FUNCTION,
        "TABLE = []\nfor i in range(3):\n    TABLE.append(i)\n" + FUNCTION,
        "x = 1; print(x)\n" + FUNCTION,
        "def look(i):\n    return TABLE[i]\n\ndef fill():\n    return [1]\n\nTABLE = fill()\n",
        FUNCTION + "LIMIT = 10\n",
        "def broken(:\nprint(1)\n",
        FUNCTION + "# a last remark\n",
    ],
)
def test_what_belongs_to_the_program_stays(code: str) -> None:
    assert without_demo(code) == code


@pytest.mark.parametrize(
    ("code", "nothing"), [("# only a remark\n", True), ("", True), (FUNCTION, False), ("def (", False)]
)
def test_remarks_alone_say_nothing(code: str, nothing: bool) -> None:
    assert says_nothing(code) == nothing
