"""The ladder as a pure function: one test for every rung and every reason to leave it."""

import pytest
from scenario import attempt, policy, problem, state, verdict

from hierarchy.attempt import Attempt, Verdict
from hierarchy.monitor import close, decide, predict, surprise_of
from hierarchy.plan import Directive, Plan, Step
from hierarchy.state import Chosen, RingState
from hierarchy.usage import Budget, Usage

PLAN = Plan(steps=(Step(id="parse", goal="parse"), Step(id="join", goal="join", depends_on=("parse",))))


def test_the_first_rung_is_one_greedy_candidate() -> None:
    directive = decide(state(), policy())
    assert (directive.action, directive.samples, directive.round) == ("direct", 1, 0)


def test_a_direct_answer_that_passes_ends_the_run_as_verified() -> None:
    directive = decide(state("direct", attempts=(attempt("0.solve.0", verdict(2)),)), policy())
    assert (directive.action, directive.status, directive.selected_id) == ("stop", "verified", "0.solve.0")
    assert directive.reason == "passes all 2 public tests"
    assert directive.p_correct
    assert directive.p_correct > 0.5


def test_a_direct_answer_that_fails_is_followed_by_samples() -> None:
    directive = decide(state("direct", attempts=(attempt("0.solve.0", verdict(1)),)), policy(samples=5))
    assert (directive.action, directive.samples) == ("sample", 5)


def test_an_answer_less_sure_than_asked_for_is_followed_by_samples() -> None:
    weak = (attempt("0.solve.0", verdict(1, 1)),)
    directive = decide(state("direct", attempts=weak), policy(confidence=0.99))
    assert directive.action == "sample"
    assert directive.reason.startswith("not sure enough")
    assert directive.predicted == 0.95


def test_after_samples_that_pass_there_is_nothing_left_to_try() -> None:
    attempts = (attempt("0.solve.0", verdict(1)), attempt("1.solve.0", verdict(2), "sample"))
    directive = decide(state("direct", "sample", attempts=attempts), policy(confidence=0.99))
    assert (directive.action, directive.status) == ("stop", "verified")


def test_a_bigger_engine_is_asked_when_samples_pass_but_are_not_sure_enough() -> None:
    attempts = (attempt("0.solve.0", verdict(1)), attempt("1.solve.0", verdict(2), "sample"))
    directive = decide(state("direct", "sample", attempts=attempts), policy(confidence=0.99, can_escalate=True))
    assert directive.action == "escalate"


def test_failed_samples_are_followed_by_a_repair_of_the_closest() -> None:
    attempts = (
        attempt("0.solve.0", verdict(0)),
        attempt("1.solve.0", verdict(1), "sample"),
        attempt("1.solve.1", verdict(0), "sample"),
    )
    directive = decide(state("direct", "sample", attempts=attempts), policy())
    assert (directive.action, directive.parent_id, directive.samples) == ("repair", "1.solve.0", 1)


def test_a_repair_with_another_failure_may_be_repaired_again() -> None:
    attempts = (
        attempt("0.solve.0", verdict(0)),
        attempt("2.solve.0", verdict(0, actual="7"), "repair", parent="0.solve.0", code="def add(a, b): return 7"),
    )
    directive = decide(state("direct", "sample", "repair", attempts=attempts), policy(stuck_rounds=5))
    assert (directive.action, directive.parent_id) == ("repair", "2.solve.0")


def test_the_same_failure_twice_is_stuck_and_leads_to_a_plan_by_somebody_else() -> None:
    attempts = (
        attempt("0.solve.0", verdict(0)),
        attempt("2.solve.0", verdict(0), "repair", parent="0.solve.0", code="def add(a, b): return -1"),
    )
    directive = decide(state("direct", "sample", "repair", attempts=attempts), policy())
    assert (directive.action, directive.effort, directive.avoid) == ("plan", "plan", ("python",))
    assert directive.reason == "stuck: 2.solve.0 fails exactly as 0.solve.0 did"


def test_a_repair_that_changes_nothing_is_stuck() -> None:
    attempts = (
        attempt("0.solve.0", verdict(0)),
        attempt("2.solve.0", verdict(0, actual="other"), "repair", parent="0.solve.0"),
    )
    directive = decide(state("direct", "sample", "repair", attempts=attempts), policy())
    assert directive.reason == "stuck: 2.solve.0 repeats 0.solve.0"


def test_no_progress_over_rounds_is_stuck() -> None:
    attempts = (
        attempt("0.solve.0", verdict(1)),
        attempt("1.solve.0", verdict(1), "sample"),
        attempt("2.solve.0", verdict(1, actual="5"), "repair", parent="1.solve.0", code="def add(a, b): return 5"),
    )
    directive = decide(state("direct", "sample", "repair", attempts=attempts), policy(repairs=5, stuck_rounds=2))
    assert directive.reason == "stuck: no progress in 2 rounds"


def test_progress_keeps_repairs_going() -> None:
    attempts = (
        attempt("0.solve.0", verdict(0, 3)),
        attempt("1.solve.0", verdict(1, 3), "sample"),
        attempt("2.solve.0", verdict(2, 3, actual="5"), "repair", parent="1.solve.0", code="def add(a, b): return 5"),
    )
    directive = decide(state("direct", "sample", "repair", attempts=attempts), policy(repairs=5, stuck_rounds=2))
    assert (directive.action, directive.parent_id) == ("repair", "2.solve.0")


def test_a_plan_goes_on_until_its_last_step() -> None:
    part = attempt("2.parse.0", verdict(0, 0), "plan", step="parse")
    running = state(
        "direct",
        "sample",
        "plan",
        attempts=(attempt("0.solve.0", verdict(0)), part),
        plan=PLAN,
        step_results={"parse": "2.parse.0"},
    )
    directive = decide(running, policy())
    assert (directive.action, directive.reason) == ("plan", "next steps of the plan")


@pytest.mark.parametrize(("can_escalate", "action"), [(True, "escalate"), (False, "stop")])
def test_after_a_failed_plan_comes_the_bigger_engine_or_the_end(can_escalate: bool, action: str) -> None:
    run = state(
        "direct",
        "sample",
        "plan",
        attempts=(attempt("0.solve.0", verdict(0)), attempt("2.join.0", verdict(1), "plan")),
        plan=PLAN,
        step_results={"parse": "", "join": "2.join.0"},
    )
    directive = decide(run, policy(repairs=0, can_escalate=can_escalate))
    assert directive.action == action
    if action == "stop":
        assert (directive.status, directive.selected_id) == ("unverified", "2.join.0")
        assert directive.p_correct == 0.02


def test_planning_can_be_switched_off() -> None:
    run = state("direct", "sample", attempts=(attempt("0.solve.0", verdict(0)),))
    assert decide(run, policy(plan=False, repairs=0)).action == "stop"


def test_without_public_tests_a_plan_is_not_worth_its_cost() -> None:
    run = state("direct", "sample", attempts=(attempt("0.solve.0", verdict(0, 0)),), asked=problem(tests=False))
    directive = decide(run, policy())
    assert (directive.action, directive.status) == ("stop", "unverified")


def test_agreement_of_candidates_without_tests_is_agreed() -> None:
    chosen = Chosen(attempt_id="1.solve.0", agreement=0.8, voters=8, p_correct=0.75, method="clusters")
    attempts = (attempt("0.solve.0", verdict(0, 0)), attempt("1.solve.0", verdict(0, 0), "sample"))
    run = state("direct", "sample", attempts=attempts, asked=problem(tests=False), selection=chosen)
    directive = decide(run, policy(confidence=0.7))
    assert (directive.status, directive.selected_id, directive.p_correct) == ("agreed", "1.solve.0", 0.75)


def test_disagreement_is_not_agreed() -> None:
    chosen = Chosen(attempt_id="1.solve.0", agreement=0.3, voters=8, p_correct=0.3, method="clusters")
    attempts = (attempt("0.solve.0", verdict(0, 0)), attempt("1.solve.0", verdict(0, 0), "sample"))
    run = state("direct", "sample", attempts=attempts, asked=problem(tests=False), selection=chosen)
    assert decide(run, policy(confidence=0.7)).status == "unverified"


def test_a_later_answer_that_passes_beats_an_earlier_choice_that_does_not() -> None:
    chosen = Chosen(attempt_id="0.solve.0", agreement=0.9, voters=8, p_correct=0.02, method="clusters")
    attempts = (attempt("0.solve.0", verdict(1)), attempt("1.solve.0", verdict(2), "repair"))
    run = state("direct", "repair", attempts=attempts, selection=chosen)
    directive = decide(run, policy())
    assert (directive.status, directive.selected_id) == ("verified", "1.solve.0")


@pytest.mark.parametrize(
    ("budget", "usage", "elapsed", "reason"),
    [
        (Budget(tokens=100), Usage(prompt_tokens=60, completion_tokens=40), 0.0, "the budget of 100 tokens is spent"),
        (Budget(calls=1), Usage(calls=1), 0.0, "the budget of 1 calls is spent"),
        (Budget(rounds=1), Usage(), 0.0, "the budget of 1 rounds is spent"),
        (Budget(wall_seconds=5), Usage(), 5.5, "the budget of 5 wall seconds is spent"),
    ],
)
def test_a_spent_budget_ends_the_run_with_the_best_so_far(
    budget: Budget, usage: Usage, elapsed: float, reason: str
) -> None:
    run = state("direct", attempts=(attempt("0.solve.0", verdict(1)),), usage=usage, elapsed=elapsed)
    directive = decide(run, policy(budget=budget))
    assert (directive.action, directive.reason, directive.selected_id) == ("stop", reason, "0.solve.0")
    assert directive.status == "unverified"


def test_nothing_worth_showing_is_an_abstention() -> None:
    broken = attempt("0.solve.0", Verdict(status="compile_error", tests_total=2), code=None)
    run = state("direct", "sample", attempts=(broken,))
    directive = decide(run, policy(repairs=0, plan=False))
    assert (directive.status, directive.selected_id, directive.p_correct) == ("abstained", None, 0.0)


def test_open_text_stops_after_its_critique() -> None:
    said = attempt("0.solve.0", Verdict(status="accepted"), code=None, answer="four")
    directive = decide(state("direct", attempts=(said,), asked=problem("text"), critique=0.6), policy())
    assert (directive.status, directive.p_correct) == ("unverified", 0.6)


def test_open_text_without_an_answer_abstains() -> None:
    directive = decide(state("direct", asked=problem("text")), policy())
    assert (directive.action, directive.status) == ("stop", "abstained")


def test_decide_is_pure() -> None:
    run = state("direct", attempts=(attempt("0.solve.0", verdict(1)),))
    before = run.model_dump_json()
    assert decide(run, policy()) == decide(run, policy())
    assert run.model_dump_json() == before


def after(run: RingState, directive: Directive, *attempts: Attempt) -> RingState:
    """The run once a round was done."""
    return run.model_copy(update={"directives": (*run.directives, directive), "attempts": (*run.attempts, *attempts)})


def test_a_first_answer_that_fails_is_a_surprise_and_one_that_passes_is_not() -> None:
    first = decide(state(), policy())
    assert surprise_of(after(state(), first, attempt("0.solve.0", verdict(2)))) is None
    surprise = surprise_of(after(state(), first, attempt("0.solve.0", verdict(1))))
    assert surprise == "direct failed where that had p=0.15 (2.7 bits)"


def test_a_repair_of_a_hopeless_answer_that_works_is_a_surprise() -> None:
    hopeless = state("direct", "sample", attempts=(attempt("0.solve.0", verdict(0)),))
    repair = decide(hopeless, policy())
    surprise = surprise_of(after(hopeless, repair, attempt("2.solve.0", verdict(2), "repair", parent="0.solve.0")))
    assert surprise == "repair solved it where that had p=0.05 (4.3 bits)"


def test_a_repair_of_a_near_miss_that_works_is_none() -> None:
    near = state("direct", "sample", attempts=(attempt("0.solve.0", verdict(9, 10)),))
    repair = decide(near, policy())
    assert repair.predicted == pytest.approx(0.32)
    assert surprise_of(after(near, repair, attempt("2.solve.0", verdict(10, 10), "repair"))) is None


def test_samples_that_all_fail_where_one_had_passed_are_a_surprise() -> None:
    run = state("direct", attempts=(attempt("0.solve.0", verdict(1, 1)),))
    more = decide(run, policy(confidence=0.99))
    surprise = surprise_of(after(run, more, attempt("1.solve.0", verdict(0, 1), "sample")))
    assert surprise
    assert surprise.startswith("sample failed where that had p=0.05")


def test_the_more_samples_and_the_nearer_the_likelier() -> None:
    far = state("direct", attempts=(attempt("0.solve.0", verdict(0)),))
    near = state("direct", attempts=(attempt("0.solve.0", verdict(1)),))
    assert predict(far, "sample", 4) < predict(far, "sample", 8) < predict(near, "sample", 8)
    assert predict(far, "plan", 8) < predict(near, "plan", 8)
    assert predict(far, "escalate", 8) < predict(near, "escalate", 8)


def test_the_same_broken_program_twice_is_stuck() -> None:
    broken = Verdict(status="compile_error", tests_total=2, detail="line 1: invalid syntax")
    attempts = (
        attempt("0.solve.0", broken, code="def add(a, b) return"),
        attempt("2.solve.0", broken, "repair", parent="0.solve.0", code="def add(a b): return"),
    )
    directive = decide(state("direct", "sample", "repair", attempts=attempts), policy())
    assert directive.reason == "stuck: 2.solve.0 fails exactly as 0.solve.0 did"


def test_nothing_is_a_surprise_without_tests_or_without_an_answer() -> None:
    assert surprise_of(state()) is None
    assert surprise_of(state("direct", asked=problem(tests=False))) is None
    assert surprise_of(state("direct", attempts=(attempt("0.solve.0", Verdict(status="infrastructure")),))) is None


def test_the_outcome_holds_the_answer_and_what_it_cost() -> None:
    run = state("direct", attempts=(attempt("0.solve.0", verdict(2)),), usage=Usage(calls=1), elapsed=2.5)
    last = decide(run, policy())
    outcome = close(run, last)
    assert (outcome.status, outcome.rounds, outcome.seconds, outcome.usage.calls) == ("verified", 1, 2.5, 1)
    assert outcome.code == run.attempts[0].candidate.code
    assert outcome.attempts == run.attempts
