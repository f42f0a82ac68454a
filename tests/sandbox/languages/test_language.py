"""Which language a program is run in."""

import pytest

from sandbox.languages.cpp import Cpp
from sandbox.languages.javascript import JavaScript
from sandbox.languages.language import language_of
from sandbox.types import Language, Program


@pytest.mark.parametrize(("name", "kind"), [("cpp", Cpp), ("javascript", JavaScript)])
def test_each_name_has_its_language(name: Language, kind: type) -> None:
    assert isinstance(language_of(Program("", name)), kind)
