from bench.sandbox_figures.cold import Cold, measure, show

STARTS = [
    Cold(from_process_ms=100, from_sandbox_ms=20, plain_ms=10, parent_mib=30, processes=3, pss_mib=12),
    Cold(from_process_ms=200, from_sandbox_ms=40, plain_ms=10, parent_mib=30, processes=3, pss_mib=12),
    Cold(from_process_ms=900, from_sandbox_ms=90, plain_ms=10, parent_mib=30, processes=3, pss_mib=12),
]


def test_medians_are_shown_beside_a_plain_interpreter() -> None:
    first, rest = show(STARTS, "pool")
    assert "40.0 ms (4.0x) after the Sandbox was made, 200.0 ms (20.0x)" in first
    assert "3 processes below, PSS 12.0 MiB" in rest


def test_a_start_is_measured_in_a_fresh_interpreter() -> None:
    (start,) = measure("one-shot", 1)
    assert 0 < start.from_sandbox_ms < start.from_process_ms
    assert start.processes == 0
