"""Numbers in sentences."""

import pytest

from hierarchy.wording import plural


@pytest.mark.parametrize(("number", "told"), [(0, "0 items"), (1, "1 item"), (1204, "1,204 items")])
def test_one_is_no_plural(number: int, told: str) -> None:
    assert plural(number, "item") == told
