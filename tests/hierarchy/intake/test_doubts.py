"""Statements whose examples settle nothing."""

import pytest

from hierarchy.intake import read_statement
from hierarchy.problem import AssertionTest

FUNCTION = "Write a function f1(a) for it. {}\nf1([1]) == [1, 2]\n\nInput: a = [1]\nOutput: [1, 2]\n"
PROGRAM = "Read n from standard input. {}\nSample Input\n1\n\nSample Output\n1 2\n"

OPEN = [
    "If there are multiple answers, any of them is acceptable.",
    "If there is more than one solution, output any.",
    "If several exist, any of them may be printed.",
    "You should print any suitable permutation.",
    "In that case output any string satisfying the condition.",
    "If there are two, choose any.",
    "Any of the solutions is accepted.",
    "If there are several, print whichever you like.",
    "Print any integer k with this property.",
    "Find any such x.",
    "If there are several, output an arbitrary one.",
    "Print one of the possible answers.",
    "This problem has a special checker.",
    "Note that the answer is not unique.",
    "The answer need not be unique.",
    "Return any array that satisfies the condition.",
    "If there are many, return the index to any of the peaks.",
    "Your function can return either.",
    "You may print every letter in any case.",
    "Explanation: [2, 1] is also accepted.",
    "There may be multiple solutions, return\nany of them.",
    "If there are multiple possible answers, you may return any.",
    "It is guaranteed that a solution exists; report any one of them.",
    "[3] is also a valid answer.",
    "Your task is to find any such number.",
    "If there are several, it does not matter which one you return.",
    "In case of ties, any choice is fine.",
    "Ties may be broken arbitrarily.",
]

CLOSED = [
    "If you did not\nfind any number, the answer is -1.",
    "If it cannot find any, the answer is -1.",
    "Return True if the second word or any of its rotations is a part.",
    "There may be many numbers.",
    "Return whether a number is in any of the lists.",
    "Each of them is valid.",
    "Return the sum or the product, whichever is larger.",
    "It is used by a spell checker.",
]


@pytest.mark.parametrize("words", OPEN)
def test_more_than_one_right_answer_leaves_no_test(words: str) -> None:
    for form in (FUNCTION, PROGRAM):
        assert read_statement(form.format(words)).public_tests == ()


@pytest.mark.parametrize("words", CLOSED)
def test_other_uses_of_any_do_not_matter(words: str) -> None:
    for form in (FUNCTION, PROGRAM):
        assert len(read_statement(form.format(words)).public_tests) == 1


@pytest.mark.parametrize(
    "words",
    [
        "Return them in arbitrary order.",
        "The order of the output does not matter.",
        "The order of the subsets does not matter.",
        "Return the answer in any order.",
    ],
)
def test_a_free_order_is_compared_sorted_where_the_list_is_flat(words: str) -> None:
    assert read_statement(FUNCTION.format(words)).public_tests == (
        AssertionTest(code="assert sorted(f1([1])) == [1, 2]"),
    )
    nested = FUNCTION.replace("[1, 2]", "[[1], [2]]")
    assert read_statement(nested.format(words)).public_tests == ()


@pytest.mark.parametrize("words", ["Print them in arbitrary order.", "The order of the output does not matter."])
def test_a_free_order_of_what_is_printed_leaves_no_sample(words: str) -> None:
    assert read_statement(PROGRAM.format(words)).public_tests == ()


def test_triplets_in_any_order() -> None:
    statement = (
        "Return all the triplets. Notice that the order of the output and the order of the triplets does not matter.\n"
        "class Solution:\n    def threeSum(self, nums: List[int]) -> List[List[int]]:\n\n"
        "Input: nums = [-1,0,1,2,-1,-4]\nOutput: [[-1,-1,2],[-1,0,1]]"
    )
    assert read_statement(statement).public_tests == ()


@pytest.mark.parametrize(
    "statement",
    [
        "Given the root of a binary tree, return its maximum depth.\nInput: root = [3,9,20,null,null,15,7]\nOutput: 3",
        "Write a function that finds the depth of a binary tree.\n"
        "class Solution:\n    def maxDepth(self, root):\n\nInput: root = [3,9]\nOutput: 2",
        "Given the head of a singly linked list, reverse it.\ndef reverseList(head):\n\n"
        "Input: head = [1,2]\nOutput: [2,1]",
        "There is a singly-linked list head and we want to delete a node in it.\n"
        "Input: head = [4,5,1,9], node = 5\nOutput: [4,1,9]",
        "Serialize a binary tree.\nInput: root = [1,2,3,null,null,4,5]\nOutput: [1,2,3,null,null,4,5]",
        "Given head, the head of a linked list, return whether it has a cycle.\n"
        "Input: head = [3,2,0,-4], pos = 1\nOutput: true",
        "Given a reference of a node in a connected undirected graph, return a copy.\n"
        "Input: adjList = [[2,4],[1,3],[2,4],[1,3]]\nOutput: [[2,4],[1,3],[2,4],[1,3]]",
        "Merge two sorted linked lists.\ndef merge(list1, list2):\n\nmerge([1], [2]) == [1, 2]",
    ],
)
def test_nodes_are_no_lists(statement: str) -> None:
    assert read_statement(statement).public_tests == ()


def test_a_tree_that_is_a_plain_value_is_one() -> None:
    statement = "A binary tree is represented as a nested tuple. Write depth(tree). depth((1, None, None)) == 1"
    assert len(read_statement(statement).public_tests) == 1
    assert len(read_statement("Count linked lists. Write count(n). count(2) == 1").public_tests) == 1


@pytest.mark.parametrize(
    "words",
    [
        "Do it in-place.",
        "Modify the input array.",
        "Modify the list and be quick.",
        "The array should not be returned.",
        "Do not return anything.",
        "The function returns nothing.",
        "It should not return anything.",
    ],
)
def test_what_is_changed_in_place_is_not_returned(words: str) -> None:
    assert read_statement(FUNCTION.format(words)).public_tests == ()


def test_an_assert_says_for_certain_what_is_returned() -> None:
    statement = "Write f1(a) that sorts in place and returns the list.\nassert f1([2, 1]) == [1, 2]"
    assert len(read_statement(statement).public_tests) == 1


@pytest.mark.parametrize(
    "words", ["Do not modify the input array.", "It should not work in-place.", "Return a new list, not in place."]
)
def test_what_is_not_changed_is_returned(words: str) -> None:
    assert len(read_statement(FUNCTION.format(words)).public_tests) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "Write to_bin(n) that returns the binary representation as a string. to_bin(5) -> 101",
        "Write fmt(x) returning a string with two decimals. fmt(3) -> 3.00",
        'Write digits(s) that returns the digits of s as a string. digits("a1b2") returns 12',
        "Write to_bin(n). The result must be a string. to_bin(5) -> 101",
        "Write yn(n) that gives the answer as text. yn(1) -> True",
        "Write parts(n) that returns the digits as strings. parts(12) -> [1, 2]",
        "Write a function to_bin(n) -> string. to_bin(5) -> 101",
        "def to_bin(n) -> 'str':\n    '''Convert.\n    to_bin(5) -> 101\n    '''",
    ],
)
def test_text_without_quotes_is_no_number(statement: str) -> None:
    assert read_statement(statement).public_tests == ()


@pytest.mark.parametrize(
    "statement",
    [
        "Write to_bin(n) that returns the binary representation as a string. to_bin(5) -> '101'",
        "Write value(s) that returns the value of s, given as a string. value('5') -> 5",
        "Write size(s) that returns the length of the string. size('abc') -> 3",
        "Write is_text(s) that returns True if s is a string. is_text('abc') -> True",
    ],
)
def test_numbers_and_quoted_text_are_kept(statement: str) -> None:
    assert len(read_statement(statement).public_tests) == 1
