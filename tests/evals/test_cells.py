"""Keys of cells, and what is stored of an answer."""

from evals.cells import Cell, cells_of, sample_of, unsolvable
from evals.item import AnswerCheck, Item
from evals.manifest import Manifest, Session, SetInfo
from evals.solvers.base import Solved
from hierarchy.outcome import Outcome
from hierarchy.problem import Problem

ITEM = Item(Problem(id="p", statement="2 + 2?", task="math"), AnswerCheck("4"))
MADE = Manifest(set=SetInfo(name="own", sha256="a", source="", items=("p",)), solver="direct", models={"m": "1"}, n=3)


def keys(manifest: Manifest, item: Item = ITEM) -> list[str]:
    return [cell.key for cell in cells_of([item], manifest)]


def test_each_sample_has_a_seed_and_a_key_of_its_own() -> None:
    cells = list(cells_of([ITEM], MADE.model_copy(update={"seed": 2**32 - 1})))
    assert [cell.seed for cell in cells] == [2**32 - 1, 0, 1]
    assert len({cell.key for cell in cells}) == 3
    assert [cell.name for cell in cells] == [("p", 0), ("p", 1), ("p", 2)]


def test_a_key_does_not_depend_on_the_rest_of_the_run() -> None:
    other = MADE.model_copy(
        update={
            "n": 5,
            "set": MADE.set.model_copy(update={"items": ("p", "q"), "sha256": "b"}),
            "sessions": (Session(started="now"),),
        }
    )
    assert keys(other)[:3] == keys(MADE)


def test_a_key_depends_on_whatever_changes_the_answer() -> None:
    changed: list[dict[str, object]] = [
        {"solver": "hierarchy"},
        {"parameters": {"temperature": 0.5}},
        {"models": {"m": "2"}},
        {"prompts": {"solve_math@1": "x"}},
        {"settings": {"engine": {"max_tokens": 10}}},
        {"seed": 7},
    ]
    assert len({keys(MADE)[0], *(keys(MADE.model_copy(update=update))[0] for update in changed)}) == len(changed) + 1


def test_another_statement_is_another_cell() -> None:
    other = Item(ITEM.problem.model_copy(update={"statement": "2 + 3?"}), ITEM.check)
    assert keys(MADE, other) != keys(MADE)


def outcome(problem: Problem, **fields: object) -> Outcome:
    made = {"run_id": "r", "problem_id": problem.id, "status": "verified", "p_correct": 0.9, "text": "t", "reason": "x"}
    return Outcome.model_validate(made | fields)


def test_the_solution_of_code_is_the_program() -> None:
    problem = Problem(id="p", statement="f", task="function", entry_point="f")
    cell = Cell(Item(problem, AnswerCheck("")), 1, 2, "k")
    sample = sample_of(cell, Solved(outcome(problem, code="def f(): ...")))
    assert (sample.solution, sample.completion) == ("def f(): ...", "\ndef f(): ...")
    assert (sample.task_id, sample.sample, sample.seed, sample.key) == ("p", 1, 2, "k")


def test_the_solution_of_mathematics_is_the_answer() -> None:
    sample = sample_of(Cell(ITEM, 0, 0, "k"), Solved(outcome(ITEM.problem, answer="4")))
    assert (sample.solution, sample.completion) == ("4", "4")


def test_no_answer_is_an_empty_solution() -> None:
    assert sample_of(Cell(ITEM, 0, 0, "k"), Solved(outcome(ITEM.problem))).solution == ""


def test_what_cannot_be_taken_is_an_abstention() -> None:
    sample = unsolvable(Cell(ITEM, 0, 0, "k"), "too long")
    assert (sample.status, sample.reason, sample.solution) == ("abstained", "too long", "")
