"""Grading for the command line: which samples of which set, where the grades go, and how far it is."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

from evals.formats import read_samples
from evals.grading.batch import Ungraded, grade_all
from evals.grading.exports import Format, Graded, export
from evals.grading.grader import Grader
from evals.grading.summary import Summary, summarize
from evals.item import Item
from evals.lines import LineFile, read_lines
from evals.manifest import Manifest
from evals.sample import CellError, Grade, Sample
from evals.sets.base import LoadedSet
from evals.sets.own import Own
from evals.sets.registry import load_set
from evals.store import RunFolder
from hi_moe.isolation import isolated
from hierarchy.errors import UsageError
from hierarchy.wording import plural
from sandbox.settings import SandboxSettings

if TYPE_CHECKING:
    from evals.store import Writer

Show = Callable[[int, int, int], None]
"""Told after every sample: how many are done, right, and there in all."""
_COMPRESSED = ".gz"


@dataclass(frozen=True)
class GradeOptions:
    """What `hi-moe eval grade` is asked for."""

    samples: Path
    set_name: str | None = None
    set_file: Path | None = None
    out: Path | None = None
    formats: tuple[str, ...] = ()
    skip_unknown: bool = False
    again: bool = False


@dataclass
class GradeResult:
    """What came of it."""

    loaded: LoadedSet
    grades: list[Grade]
    """All, those from before included."""
    graded_now: int = 0
    failed: list[CellError] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def summary(self) -> Summary | None:
        """None where nothing could be graded."""
        return summarize(self.grades) if self.grades else None


async def grade_samples(options: GradeOptions, settings: SandboxSettings, show: Show) -> GradeResult:
    """Grade a file, or what a run's folder holds.

    Raises `UsageError` before anything is graded for input that is wrong, and `MissingComponent`.
    """
    if RunFolder(options.samples).exists:
        return await _grade_run(options, settings, show)
    return await _grade_file(options, settings, show)


async def _grade_file(options: GradeOptions, settings: SandboxSettings, show: Show) -> GradeResult:
    if options.set_name is None:
        raise UsageError(
            f"{str(options.samples)!r} does not say which set it answers; add --set NAME (hi-moe eval sets lists them)"
        )
    loaded = load_set(options.set_name, options.set_file)
    read = read_samples(options.samples, loaded.items, loaded.set.name, skip_unknown=options.skip_unknown)
    cells = [_keyed(loaded, one) for one in _in_order(loaded.items, read.samples)]
    folder = options.out or options.samples.parent
    grades = folder / f"{_stem(options.samples)}_grades.jsonl"
    known = {} if options.again or not grades.is_file() else {one.key: one for one in read_lines(grades, Grade)}
    if not known.keys() <= {one.sample.key for one in cells}:
        raise UsageError(
            f"{str(grades)!r} holds grades of other samples; grade anew with --again, or choose another folder: --out"
        )
    result = GradeResult(loaded, [known[one.sample.key] for one in cells if one.sample.key in known])
    todo = [one for one in cells if one.sample.key not in known]
    result.notes = _notes(loaded, loaded.items, read.samples)
    if read.skipped:
        result.notes.append(f"{plural(read.skipped.total(), 'sample')} of no item of {loaded.set.name!r} left out")
    # Grades from before stay until all new ones are there.
    target = grades.with_name(f".{grades.name}.new") if options.again else grades
    with _opened(target, grades, fresh=options.again) as file:

        def keep(line: Grade | CellError) -> None:
            if isinstance(line, Grade):
                file.add(line)

        await _grade(result, todo, settings, keep, show)
        if options.again:
            target.replace(grades)
    result.files.append(grades)
    _export(options, result, cells, folder)
    return result


def _opened(target: Path, grades: Path, *, fresh: bool) -> LineFile:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return LineFile(target, fresh=fresh)
    except BlockingIOError:
        raise UsageError(
            f"another process is grading into {str(grades)!r}; wait for it, or choose: --out DIR"
        ) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"cannot write {str(grades)!r}: {reason}; choose another folder: --out DIR") from None


async def _grade_run(options: GradeOptions, settings: SandboxSettings, show: Show) -> GradeResult:
    folder = RunFolder(options.samples)
    manifest = folder.manifest()
    loaded = load_set(manifest.set.name, _file_of(folder, manifest, options))
    if loaded.sha256 != manifest.set.sha256:
        raise UsageError(
            f"{loaded.origin.source!r} has sha256 {loaded.sha256[:16]}…, and the run in {str(folder.path)!r} was made "
            f"with {manifest.set.source!r} of sha256 {manifest.set.sha256[:16]}…; give that file: --set-file FILE"
        )
    wanted = set(manifest.set.items)
    items = [item for item in loaded.items if item.id in wanted]
    samples = folder.samples()
    if not samples:
        raise UsageError(f"{str(folder.path)!r} holds no samples yet; go on with: hi-moe eval run … --resume")
    cells = _in_order(items, samples)
    with folder.writing() as writer:
        known = {} if options.again else folder.grades()
        result = GradeResult(loaded, [known[_cell(one.sample)] for one in cells if _cell(one.sample) in known])
        result.notes = _notes(loaded, items, samples)
        todo = [one for one in cells if _cell(one.sample) not in known]
        await _grade(result, todo, settings, lambda line: _write(writer, line), show)
    result.files.append(folder.path / "grades.jsonl")
    _export(options, result, cells, options.out or folder.path)
    return result


def _file_of(folder: RunFolder, manifest: Manifest, options: GradeOptions) -> Path | None:
    """The set's file, if one is given. Of one's own problems `--set` is the file, as `eval run` had it."""
    if manifest.set.name != Own.name:
        if options.set_name not in (None, manifest.set.name):
            raise UsageError(f"{str(folder.path)!r} is a run over {manifest.set.name!r}; leave out --set")
        return options.set_file
    if options.set_file is None and options.set_name in (None, Own.name):
        raise UsageError(
            f"{str(folder.path)!r} is a run over problems of your own, {manifest.set.source!r}; give that file: "
            "--set FILE"
        )
    return options.set_file or Path(str(options.set_name))


def _write(writer: "Writer", line: Grade | CellError) -> None:
    if isinstance(line, Grade):
        writer.grade(line)
    else:
        writer.error(line)


async def _grade(
    result: GradeResult,
    todo: Sequence[Ungraded],
    settings: SandboxSettings,
    keep: Callable[[Grade | CellError], None],
    show: Show,
) -> None:
    right = 0

    def hear(one: Ungraded, line: Grade | CellError) -> None:
        nonlocal right
        keep(line)
        if isinstance(line, Grade):
            result.grades.append(line)
            right += line.passed
        else:
            result.failed.append(line)
        show(len(result.failed) + result.graded_now + 1, right, len(todo))
        result.graded_now += isinstance(line, Grade)

    if todo:
        async with isolated(settings) as sandbox, Grader(sandbox) as grader:
            # One more than can run: the next is ready when a place is free.
            await grade_all(grader, todo, settings.max_parallel + 1, hear)


def _export(options: GradeOptions, result: GradeResult, cells: Sequence[Ungraded], folder: Path) -> None:
    grades = {(grade.task_id, grade.sample): grade for grade in result.grades}
    graded = [Graded(one.item, one.sample, grades[_cell(one.sample)]) for one in cells if _cell(one.sample) in grades]
    for kind in dict.fromkeys(options.formats):
        stem = "samples" if RunFolder(options.samples).exists else _stem(options.samples)
        folder.mkdir(parents=True, exist_ok=True)
        result.files += export(cast(Format, kind), folder, stem, result.loaded, graded)


def _in_order(items: Sequence[Item], samples: Sequence[Sample]) -> list[Ungraded]:
    """By item in the order of the set, then by number. Raises `UsageError` for a sample of no item."""
    known = {item.id: (place, item) for place, item in enumerate(items)}
    strange = [sample.task_id for sample in samples if sample.task_id not in known]
    if strange:
        raise UsageError(f"the run has a sample of {strange[0]!r}, which is none of its items; take the line out")
    ordered = sorted(samples, key=lambda sample: (known[sample.task_id][0], sample.sample))
    return [Ungraded(known[sample.task_id][1], sample) for sample in ordered]


def _notes(loaded: LoadedSet, items: Sequence[Item], samples: Sequence[Sample]) -> list[str]:
    notes = [loaded.changed] if loaded.changed else []
    without = len(items) - len({sample.task_id for sample in samples})
    if without:
        notes.append(f"{without} of {len(items)} items have no sample; the score is over the others")
    return notes


def _keyed(loaded: LoadedSet, one: Ungraded) -> Ungraded:
    """A sample of others with a key: what its grade depends on, so that a grade from before is known again."""
    sample = one.sample
    text = json.dumps([loaded.sha256, sample.task_id, sample.sample, sample.solution])
    return one._replace(sample=sample.model_copy(update={"key": hashlib.sha256(text.encode()).hexdigest()}))


def _cell(sample: Sample) -> tuple[str, int]:
    return sample.task_id, sample.sample


def _stem(path: Path) -> str:
    return Path(path.name.removesuffix(_COMPRESSED)).stem
