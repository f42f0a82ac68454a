"""Which language a program is run in."""

import pytest

from sandbox.languages.cpp import Cpp
from sandbox.languages.javascript import JavaScript
from sandbox.languages.language import LanguageUnknown, language_of
from sandbox.types import Language, Program


@pytest.mark.parametrize(("name", "kind"), [("cpp", Cpp), ("javascript", JavaScript)])
def test_each_name_has_its_language(name: Language, kind: type) -> None:
    assert isinstance(language_of(Program("", name), ""), kind)


def test_any_other_name_is_refused_with_those_there_are() -> None:
    program = Program("puts 1", "ruby")  # type: ignore[arg-type]
    with pytest.raises(LanguageUnknown) as raised:
        language_of(program, "puts 1")
    assert str(raised.value) == ("language='ruby' is no language of a program: there are 'python', 'cpp', 'javascript'")
