"""LaTeX as models and sets write it, made uniform: one spelling of what looks the same on the page.

"Or" and "and" join values as commas do, but inequalities by logic: `x<1 or x>2` becomes `x<1 \\lor x>2`.
Nothing is computed here and nothing that carries meaning is dropped: units, percent signs, brackets and names of
variables are still there. Every text is bounded first (`LONGEST`), so no step can be made slow by a hostile one.
"""

import re

LONGEST = 1_000
"""Characters; a longer text is no final answer. The longest gold answer of MATH-500 has 53."""
DEEPEST = 24
"""Nested brackets; each is one level of recursion in a parser."""

_SYMBOLS = str.maketrans(
    {
        "\N{MINUS SIGN}": "-",
        "\N{EN DASH}": "-",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{NO-BREAK SPACE}": " ",
        "\N{NARROW NO-BREAK SPACE}": " ",
        "\N{MULTIPLICATION SIGN}": "\\times ",
        "\N{MIDDLE DOT}": "\\cdot ",
        "\N{DOT OPERATOR}": "\\cdot ",
        "\N{DIVISION SIGN}": "/",
        "\N{PLUS-MINUS SIGN}": "\\pm ",
        "\N{GREEK SMALL LETTER PI}": "\\pi ",
        "\N{GREEK SMALL LETTER THETA}": "\\theta ",
        "\N{INFINITY}": "\\infty ",
        "\N{LESS-THAN OR EQUAL TO}": "\\le ",
        "\N{GREATER-THAN OR EQUAL TO}": "\\ge ",
        "\N{NOT EQUAL TO}": "\\ne ",
        "\N{UNION}": "\\cup ",
        "\N{INTERSECTION}": "\\cap ",
        "\N{ELEMENT OF}": "\\in ",
        "\N{EMPTY SET}": "\\emptyset ",
        "\N{SET MINUS}": "\\setminus ",
        "\N{ALMOST EQUAL TO}": "\\approx ",
        "\N{RATIO}": ":",
        "\N{DOUBLE-STRUCK CAPITAL R}": "\\mathbb{R}",
        "\N{DEGREE SIGN}": "^\\circ ",
        "\N{SUPERSCRIPT TWO}": "^2",
        "\N{SUPERSCRIPT THREE}": "^3",
        "\N{VULGAR FRACTION ONE HALF}": "\\frac{1}{2}",
        "\N{VULGAR FRACTION ONE QUARTER}": "\\frac{1}{4}",
        "\N{VULGAR FRACTION THREE QUARTERS}": "\\frac{3}{4}",
    }
)
_NEGATIVE_SPACE = re.compile(r"\s*\\!\s*")
_LAST = re.compile(r"(?<!\\)(?:\.?,?|\\)$")
"""A full stop, a comma, or the backslash of a space; not the comma of `\\,`."""
_DELIMITERS = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("**", "**"), ("`", "`"), ("\\boxed{", "}"))
_ROOT_SIGN = re.compile("\N{SQUARE ROOT}\\s*(?:(\\d+(?:\\.\\d+)?|[a-zA-Z])|)")


def _compiled(*rules: tuple[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), new) for pattern, new in rules)


_SPACING = _compiled(
    (r"\\\\\s*\[\s*-?[\d.]+\s*(?:pt|em|ex|mm|cm|in)\s*\]", r"\\\\ "),
    (r"(?<!\\)\\(?:[,;:!]|quad\b|qquad\b|displaystyle\b|textstyle\b|limits\b|rm\b|bf\b|thinspace\b)|~", " "),
    (r"(?<!\\)\\ ", " "),
    (r"\\(?:left|right|middle|[bB]ig{1,2}[lrm]?)(?![a-zA-Z])\s*\.?(?=[^\w\s]|\\|$)", ""),
    (r"\\(?:textbf|textit|textrm|textsf|texttt|mbox|hbox|operatorname\*?|text)\s*\{", r"\\text{"),
)
_NUMERIC_TEXT = _compiled(
    (r"\\text\{\s*([-+]?[\d.,/]*\d|\\?[$\N{EURO SIGN}\N{POUND SIGN}])\s*\}", r"\1"),
    (r"^\\text\{\s*([-+]?\s*(?:\\?[$\N{EURO SIGN}\N{POUND SIGN}]\s*)?[-+]?\.?\d[^{}]*)\}$", r"\1"),
)
_REPLACED = _compiled(
    (r"\\(?:[dtc]frac)(?![a-zA-Z])", r"\\frac"),
    (r"\\[dt]binom(?![a-zA-Z])", r"\\binom"),
    (r"\{([^{}]*)\\choose(?![a-zA-Z])([^{}]*)\}", r"\\binom{\1}{\2}"),
    (r"(?<![\w}])(?:\{\})?[_^]\{?(\d+)\}?\s*C\s*_\{?(\d+)\}?", r"\\binom{\1}{\2}"),
    (r"\\(?:leq|leqslant)(?![a-zA-Z])|<=", r"\\le "),
    (r"\\(?:geq|geqslant)(?![a-zA-Z])|>=", r"\\ge "),
    (r"\\neq(?![a-zA-Z])|!=", r"\\ne "),
    (r"\\lt(?![a-zA-Z])", "<"),
    (r"\\gt(?![a-zA-Z])", ">"),
    (r"\\(?:approxeq|simeq|thickapprox)(?![a-zA-Z])", r"\\approx "),
    (r"\\(?:backslash|smallsetminus)(?![a-zA-Z])", r"\\setminus "),
    (r"\\(?:lor|vee)(?![a-zA-Z])", r"\\text{or}"),
    (r"\\(?:land|wedge)(?![a-zA-Z])", r"\\text{and}"),
    (r"\\varnothing(?![a-zA-Z])|\\\{\s*\\\}", r"\\emptyset "),
    (r"\\lbrace(?![a-zA-Z])", r"\\{"),
    (r"\\rbrace(?![a-zA-Z])", r"\\}"),
    (r"\\langle(?![a-zA-Z])", "("),
    (r"\\rangle(?![a-zA-Z])", ")"),
    (r"\\(?:lvert|rvert|vert)(?![a-zA-Z])", "|"),
    (r"\\degrees?(?![a-zA-Z])", r"^\\circ "),
    (r"\^\s*\{\s*\\circ\s*\}", r"^\\circ "),
    (r"\\%|\\text\{\s*percent\s*\}|\s*\b(?:percent|percentage|pct)\b", "%"),
    (r"\\(?:mathdollar|textdollar)(?![a-zA-Z])\s*", r"\\$"),
    (r";", ","),
    (r"(?<![a-zA-Z\\])(?:infinity|oo|inf)(?![a-zA-Z])", r"\\infty "),
    (r"\+\s*\\infty", r"\\infty "),
    (r"(?<![a-zA-Z\\])pi(?![a-zA-Z])", r"\\pi "),
    (r"(?<![a-zA-Z\\])sqrt(?![a-zA-Z])", r"\\sqrt"),
    (r"\*\*", "^"),
    (r"\^\s*([-+]?\d{2,})", r"^{\1}"),
    (r"(?<![\d.])\.(?=\d)", "0."),
    (r"\{,\}", ","),
)
_FONT = re.compile(r"\\(mathrm|mathbf|mathit|mathsf|mathtt|boldsymbol|bm|pmb|symbf)\s*\{")
_WORD = re.compile(r"\s*[A-Za-z(][A-Za-z .,'/()-]*(?:\^\{?[23]\}?)?\s*")
_ROMAN_SYMBOLS = frozenset("eid")
"""Letters that stand upright as the constants and the differential; any other upright letter is a unit."""
_CONJUNCTION = re.compile(r"\\text\{\s*,?\s*(and|or)\s*,?\s*\}|\\text\{[^{}]*\}|\b(and|or)\b")
_RELATION = re.compile(r"[<>=]|\\(?:le|ge|ne)(?![a-zA-Z])")
_INEQUALITY = re.compile(r"[<>]|\\(?:le|ge|ne)(?![a-zA-Z])")
_ELEMENT = re.compile(r"([a-zA-Z])\s*\\in(?![a-zA-Z])")
_LEADING = re.compile(
    r"^(?:(?:=(?!=)|\\approx(?![a-zA-Z])|\\therefore(?![a-zA-Z]))\s*"
    r"|(?:the )?(?:final )?answer(?: is)?\s*:?\s+(?=\S)|(?:option|choice)\s+(?=\(?[a-z]\)?$))",
    re.IGNORECASE,
)
_OUTWARD = re.compile(r"^\]([^\[\]]*,[^\[\]]*)\[$")
"""An open interval as it is written in Europe."""
_PARENTHESISED = re.compile(r"(\\sqrt|\^)\s*\(")
_TAKES = {"\\frac": 2, "\\binom": 2, "\\sqrt": 1}
_COMMAND = re.compile(r"\\(?:frac|binom|sqrt)(?![a-zA-Z])")
_TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|.", re.DOTALL)
_OPENING, _CLOSING = "([{", ")]}"
_BRACKET = re.compile(r"[(\[{)\]}]")


def too_much(text: str) -> str | None:
    """Why a text is not looked at, None when it may be: it is too long or nested too deeply."""
    if len(text) > LONGEST:
        return f"it has {len(text):,} characters, more than {LONGEST:,}: no final answer"
    depth = deepest = 0
    for letter in text:
        depth += (letter in _OPENING) - (letter in _CLOSING)
        deepest = max(deepest, depth)
    return f"its brackets are nested {deepest} deep, more than {DEEPEST}" if deepest > DEEPEST else None


def tidy(text: str) -> str:
    """The uniform spelling of an answer, which must have passed `too_much`."""
    text = _ROOT_SIGN.sub(_root, text.translate(_SYMBOLS))
    text = _without_dollars(unwrapped(_NEGATIVE_SPACE.sub("", text).replace("\n", " ")))
    text = unwrapped(_without_fonts(_replaced(text, _SPACING)))
    text = _joined(_replaced(_replaced(text, _NUMERIC_TEXT), _REPLACED))
    text = unwrapped(" ".join(_braced(_without_parentheses(text)).split()))
    return unwrapped(_OUTWARD.sub(r"(\1)", _LEADING.sub("", text)))


def _replaced(text: str, rules: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    for pattern, new in rules:
        text = pattern.sub(new, text)
    return text


def _root(found: re.Match[str]) -> str:
    return f"\\sqrt{{{found[1]}}}" if found[1] else "\\sqrt"


def _without_fonts(text: str) -> str:
    """Bold and upright mathematics as it is without; words and units become `\\text{…}`."""
    position = 0
    while found := _FONT.search(text, position):
        closing = closing_bracket(text, found.end() - 1)
        if closing is None:
            return text
        content = text[found.end() : closing]
        before, after = text[: found.start()], text[closing + 1 :]
        if _is_word(found[1], content):
            new = f"\\text{{{content.replace('{', '').replace('}', '')}}}"
            position = len(before) + len(new)
        else:
            position = len(before)
            scripted = re.search(r"[_^]\s*$", before) or re.match(r"\s*[_^]", after)
            gap, end = (" " if re.search(r"\\[a-zA-Z]+$", part) else "" for part in (before, content))
            new = f"{{{content}}}" if scripted and len(content) > 1 else f"{gap}{content}{end}"
        text = f"{before}{new}{after}"
    return text


def _is_word(font: str, content: str) -> bool:
    letters = sum(map(str.isalpha, content))
    if letters == 1 and len(content.strip()) == 1:
        return font == "mathrm" and content.strip() not in _ROMAN_SYMBOLS
    return letters > 1 and _WORD.fullmatch(content) is not None


def _joined(text: str) -> str:
    """Without "and" and "or": by logic between inequalities, a union or intersection of sets, a comma elsewhere."""
    parts, words, position = [], [], 0
    for found in _CONJUNCTION.finditer(text):
        if word := found[1] or found[2]:
            parts.append(text[position : found.start()].strip().removesuffix(",").strip())
            words.append(word)
            position = found.end()
    if not words:
        return text
    parts.append(text[position:].strip())
    elements = [_ELEMENT.match(part) for part in parts]
    if all(map(_RELATION.search, parts)) and any(map(_INEQUALITY.search, parts)):
        signs = {"and": " \\land ", "or": " \\lor "}
    elif len({element and element[1] for element in elements}) == 1 and elements[0]:
        signs = {"and": " \\cap ", "or": " \\cup "}
        parts[1:] = [part[element.end() :] for part, element in zip(parts[1:], elements[1:], strict=True) if element]
    else:
        signs = {"and": ", ", "or": ", "}
    return "".join(f"{part}{signs[word]}" for part, word in zip(parts, words, strict=False)) + parts[-1]


def unwrapped(text: str) -> str:
    """Without what only surrounds an answer: dollar signs, `\\boxed{…}`, bold, a full stop."""
    while True:
        text = _LAST.sub("", text.strip().removesuffix("\\\\")).strip()
        for opening, closing in _DELIMITERS:
            inner = text.removeprefix(opening).removesuffix(closing)
            if len(inner) == len(text) - len(opening) - len(closing) and _is_whole(inner, opening):
                break
        else:
            return text
        text = inner


def _is_whole(inner: str, opening: str) -> bool:
    """Whether the delimiters around `inner` belong together: not `$1$ and $2$`, not `\\boxed{1}, \\boxed{2}`."""
    if opening.endswith("{"):
        return closing_bracket(f"{{{inner}}}", 0) == len(inner) + 1
    return opening not in inner and not inner.endswith("\\")


def _without_dollars(text: str) -> str:
    """Pairs of dollar signs mark mathematics; a single one before a number is money."""
    bare = re.findall(r"(?<!\\)\$", text)
    if len(bare) % 2:
        text = re.sub(r"(?<!\\)\$(?=\s*-?[\d.])", r"\\$", text, count=1)
    return re.sub(r"(?<!\\)\$", " ", text)


def _without_parentheses(text: str) -> str:
    """`sqrt(3)` and `x^(n+1)` with braces, as LaTeX wants them."""
    position = 0
    while found := _PARENTHESISED.search(text, position):
        opening = found.end() - 1
        closing = closing_bracket(text, opening)
        if closing is not None and text[closing] == ")":
            text = f"{text[: found.end(1)]}{{{text[opening + 1 : closing]}}}{text[closing + 1 :]}"
        position = found.end(1) + 1
    return text


def _braced(text: str) -> str:
    """`\\frac12`, `\\frac\\pi2` and `\\sqrt3` with the braces that TeX adds in thought."""
    position = 0
    while found := _COMMAND.search(text, position):
        position = found.end()
        if found[0] == "\\sqrt" and text[position:].lstrip().startswith("["):
            opening = text.index("[", position)
            closing = closing_bracket(text, opening)
            position = (closing if closing is not None else opening) + 1
        for _ in range(_TAKES[found[0]]):
            text = text[:position] + text[position:].lstrip()
            token = _TOKEN.match(text, position)
            if token is None:
                return text
            if token[0] != "{":
                text = f"{text[:position]}{{{token[0]}}}{text[token.end() :]}"
            closing = closing_bracket(text, position)
            if closing is None:
                return text
            position = closing + 1
        position = found.end()
    return text


def closing_bracket(text: str, opening: int) -> int | None:
    """Where the bracket at `opening` is closed; any kind closes any, for half-open intervals have two kinds."""
    depth = 0
    for position in range(opening, len(text)):
        depth += (text[position] in _OPENING) - (text[position] in _CLOSING)
        if depth == 0:
            return position
    return None


def closing_brackets(text: str) -> dict[int, int]:
    """`closing_bracket` of every opening one that is closed, in one pass over a text of any length."""
    opened: list[int] = []
    closing: dict[int, int] = {}
    for bracket in _BRACKET.finditer(text):
        if bracket[0] in _OPENING:
            opened.append(bracket.start())
        elif opened:
            closing[opened.pop()] = bracket.start()
    return closing


def split(text: str, separator: str = ",") -> list[str]:
    """The text cut at separators outside of brackets."""
    parts, depth, start = [], 0, 0
    for position, letter in enumerate(text):
        depth += (letter in _OPENING) - (letter in _CLOSING)
        if depth == 0 and text.startswith(separator, position):
            parts.append(text[start:position].strip())
            start = position + len(separator)
    return [*parts, text[start:].strip()]
