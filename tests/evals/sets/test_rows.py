"""Rows out of files: every form that sets are published in, and what is wrong with a broken one."""

import gzip
import io
import json
import sys

import pytest

from evals.sets.origins import Origin, one_file
from evals.sets.rows import read_rows
from hierarchy.errors import MissingComponent, UsageError


def of(data: bytes, name: str = "rows.jsonl") -> Origin:
    return one_file("test", name, data)


def parquet(rows: list[dict[str, object]]) -> bytes:
    import pyarrow  # type: ignore[import-untyped]
    import pyarrow.parquet  # type: ignore[import-untyped]

    sink = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), sink)
    return sink.getvalue()


def test_json_lines_have_their_number_and_empty_ones_are_skipped() -> None:
    assert read_rows(of(b'{"a": 1}\n\n{"a": 2}\r\n')) == [("rows.jsonl:1", {"a": 1}), ("rows.jsonl:3", {"a": 2})]


def test_a_line_may_hold_separators_that_only_unicode_calls_ends_of_lines() -> None:
    assert read_rows(of('{"a": "x\u2028y\x85z"}\n'.encode())) == [("rows.jsonl:1", {"a": "x\u2028y\x85z"})]


def test_a_json_list_has_indexes() -> None:
    assert read_rows(of(b' [{"a": 1}, {"a": 2}]', "rows.json")) == [
        ("rows.json[0]", {"a": 1}),
        ("rows.json[1]", {"a": 2}),
    ]


def test_gzip_is_known_by_its_first_bytes() -> None:
    assert read_rows(of(gzip.compress(b'{"a": 1}'), "rows")) == [("rows:1", {"a": 1})]


def test_parquet_rows_with_lists_and_objects() -> None:
    rows: list[dict[str, object]] = [{"a": 1, "tests": {"input": ["1", "2"]}}, {"a": 2, "tests": {"input": []}}]
    assert read_rows(of(parquet(rows), "t.parquet")) == [("t.parquet[0]", rows[0]), ("t.parquet[1]", rows[1])]


def test_a_toml_file_is_a_row_that_its_place_completes() -> None:
    origin = Origin("test", "sha", (("a.toml", b"x = 1"), ("math/b.toml", b'x = 2\nid = "mine"'), ("c/d.toml", b"")))
    assert read_rows(origin) == [
        ("a.toml", {"x": 1, "id": "a"}),
        ("math/b.toml", {"x": 2, "id": "mine", "family": "math"}),
        ("c/d.toml", {"id": "c/d", "family": "c"}),
    ]


def test_numbers_longer_than_pythons_default_are_read_and_the_default_comes_back() -> None:
    before = sys.get_int_max_str_digits()
    ((_, row),) = read_rows(of(b'{"n": ' + b"7" * 5000 + b"}"))
    assert row["n"] == 7 * (10**5000 - 1) // 9
    assert sys.get_int_max_str_digits() == before


def test_a_number_that_is_longer_still_is_refused() -> None:
    with pytest.raises(UsageError, match=r"rows\.jsonl:1: broken JSON: Exceeds the limit"):
        read_rows(of(b'{"n": ' + b"7" * 100_001 + b"}"))


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"", "r.jsonl", "'r.jsonl' holds no rows"),
        (b'{"a": 1}\n{"a": ', "r.jsonl", "r.jsonl:2: broken JSON"),
        (b"[1]\n", "r.jsonl", "'r.jsonl' holds no list of objects"),
        (b'{"a": 1}\n7', "r.jsonl", "r.jsonl:2: no JSON object"),
        (b"\xff\xfe", "r.jsonl", "r.jsonl:1: broken JSON"),
        (b"[" * 100_000, "r.json", "'r.json': broken JSON"),
        (b"x = ", "r.toml", "r.toml: broken TOML"),
        (b'x = "\xff"', "r.toml", "r.toml: broken TOML"),
        (b"\x1f\x8bnothing", "r.gz", "'r.gz' is no sound gzip file"),
        (gzip.compress(b'{"a": 1}')[:-9], "r.gz", "'r.gz' is no sound gzip file"),
        (b"PAR1nothing", "r.parquet", "'r.parquet' is no sound Parquet file"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(data: bytes, name: str, says: str) -> None:
    with pytest.raises(UsageError) as error:
        read_rows(of(data, name))
    assert str(error.value).startswith(says)
    assert "\n" not in str(error.value)


def test_what_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evals.sets.rows.MAX_BYTES", 100)
    with pytest.raises(UsageError, match="unpacks to more than"):
        read_rows(of(gzip.compress(json.dumps({"a": "x" * 200}).encode())))
    with pytest.raises(UsageError, match="unpacks to more than"):
        read_rows(of(parquet([{"a": "x" * 200}]), "r.parquet"))


def test_one_text_in_many_rows_of_parquet_counts_in_each(monkeypatch: pytest.MonkeyPatch) -> None:
    data = parquet([{"a": "x" * 1000}] * 200)
    monkeypatch.setattr("evals.sets.rows.MAX_BYTES", 20_000)
    assert len(data) < 10_000
    with pytest.raises(UsageError, match="unpacks to more than"):
        read_rows(of(data, "r.parquet"))


def test_parquet_without_pyarrow_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    data = parquet([{"a": 1}])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingComponent, match=r"pip install 'hi-moe\[evals\]'"):
        read_rows(of(data))
