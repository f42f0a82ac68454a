"""Statements whose examples settle nothing: several right answers, results that are not returned, linked nodes."""

import ast
import re

from hierarchy.intake.annotations import names_foreign_type
from hierarchy.intake.signature import Signature
from hierarchy.problem import FunctionTest, TestCase

_WRAPPED = re.compile(r"(?<=[a-z,])[ \t]*\n[ \t]*(?=[a-z])")
_GIVES = (
    r"(?:return|print|output|report|give|find|choose|pick|display|write|provide|produce|construct|show|select|accept)"
)
_ANSWER = r"(?:answers?|solutions?|outputs?|results?|permutations?|orderings?|arrangements?|constructions?)"
_NOT_NONE = r"(?<!not )(?<!n['\u2019]t )(?<!cannot )(?<!never )(?<!able to )(?<!fail to )(?<!fails to )"
_PLAIN = r"(?:(?!\b(?:if|whether|when|or|where|true|false|for|that|which|than)\b)[^.\n])"
_ANY_ANSWER = re.compile(
    rf"{_NOT_NONE}\b{_GIVES}(?:ing|s)?[ \t]+(?:out[ \t]+)?(?:any\b(?![ \t]+order)"
    r"|whichever\b(?![ \t]+(?:is|of|comes|has|was)\b))"
    rf"|\b{_GIVES}(?:ing|s)?[ \t]{_PLAIN}{{0,60}}?\b(?:any|either|arbitrary)[ \t]+(?:one|of)\b"
    rf"|\b{_GIVES}(?:ing|s)?[ \t]{_PLAIN}{{0,40}}?\bone[ \t]+of[ \t]+(?:the[ \t]+|its[ \t]+)?(?:possible|valid"
    rf"|correct|many|several|suitable)\b"
    rf"|\bany[ \t]+(?:\w+[ \t]+)?(?:valid|correct|possible|acceptable|suitable|such)[ \t]+{_ANSWER}"
    rf"|\b(?:multiple|several|many|more than one|various"
    rf"|different)[ \t]+(?:\w+[ \t]+)?{_ANSWER}\b[^.\n]{{0,60}}[.,;:]?[^.\n]{{0,60}}\b(?:any|either|whichever)\b"
    r"|\b(?:any|either|all|both)[ \t]+(?:one[ \t]+)?of[ \t]+(?:them|these|those|which|the[ \t]+\w+)\b[^.\n]{0,30}"
    r"\b(?:accept\w*|correct|valid|printed|returned|output|suitable|fine|allowed|ok|okay|will do|suffices?)\b"
    rf"|\b(?:can|may|could|might)[ \t]+{_GIVES}[ \t]+(?:either|both|whichever)\b"
    rf"|\b(?:any|arbitrary)[ \t]+{_ANSWER}\b[^.\n]{{0,40}}\b(?:accept\w*|allowed|fine|ok|okay|will do)\b"
    rf"|\bwhichever[ \t]+you\b|\b(?:special|custom|output)[ \t]+(?:checker|judge)\b"
    rf"|\b{_ANSWER}[ \t]+(?:is|are|may|might|need|will)[ \t]+(?:be[ \t]+)?not[ \t]+(?:be[ \t]+|necessarily[ \t]+"
    rf"|always[ \t]+)?unique\b"
    rf"|\b{_ANSWER}[ \t]+(?:is|are)n['\u2019]t[ \t]+unique\b|\bnot[ \t]+necessarily[ \t]+unique\b"
    r"|\balso[ \t]+(?:be[ \t]+)?accept(?:ed|able)\b"
    r"|\bdoes(?: not|n['\u2019]t) matter which\b|\bany[ \t]+(?:choice|one)[ \t]+(?:is|will|would)\b"
    r"|\b(?:broken|break|chosen|choose|resolved?)\b[^.\n]{0,20}\barbitrar(?:y|ily)\b"
    rf"|\balso[ \t]+(?:be[ \t]+)?(?:an?[ \t]+)?(?:valid|correct|possible)[ \t]+{_ANSWER}\b"
    r"|\b(?:letters?|characters?|answers?|output|print|strings?|yes|case)\b[^.\n]{0,80}\bin[ \t]+any[ \t]+(?:case"
    r"|register)\b"
    r"|\b(?:print|output)\b[^.\n]{0,80}\b(?:case[- ]insensitive\w*|upper(?:case)?[ \t]+or[ \t]+lower)",
    re.IGNORECASE,
)
_ANY_ORDER = re.compile(
    r"\b(?:in )?(?:any|arbitrary) order\b"
    r"|\border(?:[ \t]+(?:of|in)\b[^.\n]{0,80}?)?[ \t]+(?:does not|doesn['\u2019]t|do not|is not|need not|may"
    r"|is irrelevant|is unimportant)\b"
    r"|(?:regardless|irrespective) of (?:the )?order\b",
    re.IGNORECASE,
)
_PRINTED_ORDER = re.compile(
    rf"\b(?:print|output|report|answers?|display|list)\b[^.\n]{{0,100}}\b(?:any|arbitrary) order\b"
    rf"|\border[ \t]+of[ \t]+(?:the[ \t]+)?(?:\w+[ \t]+)?(?:output|lines|{_ANSWER})\b[^.\n]{{0,40}}\bnot\b",
    re.IGNORECASE,
)
_INTERACTIVE = re.compile(r"\binteractive (?:problem|task)\b", re.IGNORECASE)
_NO_RESULT = re.compile(
    r"\b(?:(?:do|does|should|must|need|shall) not|don['\u2019]t|doesn['\u2019]t|shouldn['\u2019]t|mustn['\u2019]t"
    r"|needn['\u2019]t|"
    r"without)\s+(?:be\s+)?return(?:ed|ing)?\s+(?:anything|any value|a value|by)\b"
    r"|\b(?:should|must|need) not be returned\b|\bnot be returned by\b"
    r"|\breturns? nothing\b|\bnothing (?:is|should be|needs to be) returned\b",
    re.IGNORECASE,
)
_IN_PLACE = re.compile(
    r"(?<!not )(?<!n['\u2019]t )(?<!never )(?<!instead of )\bin[- ]?place\b(?! of\b)"
    r"|(?<!not )(?<!n['\u2019]t )(?<!never )(?<!without )(?<!not to )(?<!not directly )\b(?:modify(?:ing)?"
    r"|mutat(?:e|ing)|alter(?:ing)?)[ \t]+"
    r"(?:the[ \t]+)?(?:(?:given|input|original|passed)[ \t]+)?(?:input[ \t]+)?(?:array|list|matrix|grid|board|string"
    r"|string array|image|dict\w*)\b",
    re.IGNORECASE,
)
_NOT_IN_PLACE = re.compile(
    r"\b(?:do|does|should|must|is|are) not\b[^.\n]{0,40}\bin[- ]?place\b|\bwithout\b[^.\n]{0,40}\bin[- ]?place\b"
    r"|\bnot[ \t]+in[- ]?place\b|\breturn\b[^.\n]{0,40}\b(?:new|copy)\b",
    re.IGNORECASE,
)
_NODES = re.compile(
    r"\b(?:binary|search|n-ary|expression|segment|quad|cartesian|avl|red-black)[ \t]+(?:search[ \t]+)?trees?\b"
    r"|\bBSTs?\b|"
    r"\b(?:singly|doubly|circular)?[- ]?linked[- ]?lists?\b|\b(?:root|head)[ \t]+of[ \t]+(?:an?|the)\b|"
    r"\b(?:tree|graph|list|random)[ \t]+nodes?\b|\breference[ \t]+(?:of|to)[ \t]+(?:an?|the)[ \t]+node\b"
    r"|\b(?:TreeNode|ListNode)\b",
    re.IGNORECASE,
)
_NODE_NAME = re.compile(
    r"(?:\w*_)?(?:root|head|node|tree|subroot|listnode|treenode)\d?|(?:root|head|list|node|tree|l)_?[ab12]|lists|"
    r"p|q|adj_?list|original|cloned|linked_?list|bst",
    re.IGNORECASE,
)
_NODE_INPUT = re.compile(r"\b(?:root|head|list1|l1|headA|adjList)[ \t]*=[ \t]*\[")
_NODES_AS_VALUES = re.compile(
    r"\b(?:represented|given|encoded|stored|modelled|modeled|passed)[ \t]+(?:as|by|in)[ \t]+(?:an?[ \t]+)?(?:nested"
    r"|python|plain|flat|level[- ]order)?"
    r"[ \t]*(?:list|tuple|dict\w*|array|string)s?\b",
    re.IGNORECASE,
)
_TEXT_RESULT = re.compile(
    r"\b(?:return\w*|gives?|outputs?|results?|yields?|produces?|converts?|formats?|answers?)\b"
    r"(?:(?!\b(?:given|passed|represented|input|if|when"
    r"|whether)\b)[^.\n]){0,80}?\bas[ \t]+(?:an?[ \t]+)?(?:[\w-]+[ \t]+){0,2}(?:strings?|texts?|str)\b"
    r"|\b(?:return(?:s|ed|ing)?|gives?|giving|outputs?|yields?|produces?|producing)[ \t]+(?:the[ \t]+"
    r"|an?[ \t]+)?(?:[\w-]+[ \t]+)?(?:string|str|text)\b"
    r"(?!['\u2019]s)(?![ \t]+(?:length|size|count))"
    r"|\b(?:result|output|answer|return[ \t]value)[ \t]+"
    r"(?:is|must[ \t]+be|should[ \t]+be|will[ \t]+be)[ \t]+(?:an?[ \t]+)?"
    r"(?:[\w-]+[ \t]+)?(?:string|str|text)\b",
    re.IGNORECASE,
)


def _unwrapped(statement: str) -> str:
    """The statement with sentences that run on to a next line on one line."""
    return _WRAPPED.sub(" ", statement)


def answer_is_open(statement: str) -> bool:
    """Whether more than the answer shown would be right, or the judge talks back."""
    statement = _unwrapped(statement)
    return bool(_ANY_ANSWER.search(statement) or _INTERACTIVE.search(statement))


def order_is_free(statement: str) -> bool:
    """Whether the parts of an answer may come in any order."""
    return bool(_ANY_ORDER.search(_unwrapped(statement)))


def printed_order_is_free(statement: str) -> bool:
    """Whether what a program prints may come in any order."""
    return bool(_PRINTED_ORDER.search(_unwrapped(statement)))


def has_no_plain_result(statement: str, function: Signature) -> bool:
    """Whether a call returns nothing, or takes or returns nodes that only the judge can build."""
    statement = _unwrapped(statement)
    returned = function.annotations.get("return")
    gives_none = isinstance(returned, ast.Constant) and returned.value is None
    return (
        gives_none
        or bool(_NO_RESULT.search(statement))
        or any(map(names_foreign_type, function.annotations.values()))
        or _works_on_nodes(statement, function)
    )


def _works_on_nodes(statement: str, function: Signature) -> bool:
    if not _NODES.search(statement) or _NODES_AS_VALUES.search(statement):
        return False
    named = any(_NODE_NAME.fullmatch(name) for name in function.parameters or ())
    return named or bool(_NODE_INPUT.search(statement))


def changes_its_argument(statement: str) -> bool:
    """Whether the function is to change what it is given, so that what it returns is left open."""
    statement = _unwrapped(statement)
    return bool(_IN_PLACE.search(statement)) and not _NOT_IN_PLACE.search(statement)


def is_text_without_quotes(statement: str, test: TestCase) -> bool:
    """Whether the statement asks for text and the example shows a number or a truth value: `to_bin(5) -> 101`."""
    if not isinstance(test, FunctionTest) or not _TEXT_RESULT.search(_unwrapped(statement)):
        return False
    expected = test.expected
    items = expected if isinstance(expected, (list, tuple)) else (expected,)
    return any(isinstance(item, (bool, int, float)) for item in items)
