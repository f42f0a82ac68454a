"""The report as one file: styles, script, figures and data are in it, and nothing is ever loaded from elsewhere.

Two things keep what models and sets wrote from acting: all of it is text (Jinja2 escapes the tables, the script sets
text nodes), and the page's policy runs only the one script and the one style sheet whose hashes it names.
"""

import base64
import hashlib
import json
from importlib import resources
from typing import Any

from evals.report.charts import SERIES, chart
from evals.report.figures import Scores
from evals.report.origin import origin, provenance
from evals.report.problems import problems
from evals.report.summary import Measured, Summary
from evals.report.tables import drawn, interval
from evals.report.text import count, percent, seconds
from hierarchy.wording import plural


def render(summary: Summary, *, version: str = "") -> str:
    """The page; `version` is that of hi-moe."""
    import jinja2

    style, script = _asset("page.css"), _asset("page.js")
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    drill = problems(summary.runs, statements=summary.statements)
    sections = [
        {
            "key": section.key,
            "title": section.title,
            "intro": section.intro,
            "notes": section.notes,
            "tables": section.tables,
            "charts": [chart(each) for each in section.figures if not isinstance(each, Scores)],
        }
        for section in summary.sections
    ]
    begun = sorted(session.started[:10] for run in summary.runs for session in run.results.manifest.sessions)
    items = len({item_id for run in summary.runs for item_id in run.results.items})
    return environment.from_string(_asset("page.html")).render(
        title=summary.title,
        lead=" · ".join([plural(items, "item"), plural(len(summary.runs), "run"), *begun[-1:]]),
        made_with=list(dict.fromkeys(origin(run.results.manifest) for run in summary.runs)),
        verdicts=[each.sentence for each in summary.comparisons],
        cards=[_card(each) for each in summary.measured],
        notes=summary.notes,
        sections=sections,
        statements=summary.statements,
        provenance=[{"name": run.name, "facts": provenance(run.results.manifest)} for run in summary.runs],
        footer=f"Written by hi-moe {version}".strip() + ". This file needs no network.",
        data=_json(drill),
        style=_own(style),
        style_hash=_hash(style),
        script=_own(script),
        script_hash=_hash(script),
    )


def _card(each: Measured) -> dict[str, Any]:
    overall, costs, chosen = each.scores.overall, each.costs, each.selection
    facts = [
        ("Right", f"{count(overall.passed)} of {plural(overall.samples, 'sample')}"),
        ("Tokens a problem", count(costs.tokens_per_problem)),
        ("Time a problem", seconds(costs.time_per_problem)),
    ]
    if chosen is not None and chosen.most > 1:
        facts.append((f"Oracle@{chosen.candidates:.2g}", percent(chosen.oracle)))
    if each.run.results.missing:
        facts.append(("Not there yet", plural(len(each.run.results.missing), "sample")))
    manifest = each.run.results.manifest
    return {
        "name": each.run.name,
        "kind": f"{manifest.solver} on {manifest.set.name}",
        "series": each.run.series % SERIES,
        "score": percent(overall.pass_at_1),
        "interval": f"pass@1, 95 % {interval(overall.interval)}",
        "range": drawn(overall.pass_at_1, overall.interval, each.run.series),
        "facts": facts,
    }


def _asset(name: str) -> str:
    return (resources.files("evals.report") / "page" / name).read_text(encoding="utf-8")


def _own(text: str) -> Any:
    """Our own style or script, which is put in as it is."""
    from markupsafe import Markup

    assert "</" not in text
    return Markup(text)  # noqa: S704


def _json(data: object) -> Any:
    r"""JSON that nothing in it can end: `<`, `>` and `&` are written as `\u003c` and so on."""
    from markupsafe import Markup

    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704


def _hash(text: str) -> str:
    """For the page's policy: of exactly what stands between the tags."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
