from typing import Any

import pytest

from cloudaudit.providers.aws.policy_actions import (
    Right,
    granted,
    resources_covered,
    selects,
    wildcard_covers,
)
from cloudaudit.providers.aws.policy_document import Selector, Statement


@pytest.mark.parametrize(
    ("pattern", "text", "covered"),
    [
        ("*", "", True),
        ("*", "a*b", True),
        ("a*", "a", True),
        ("a*c", "abbc", True),
        ("a*c", "abbd", False),
        ("a?c", "abc", True),
        ("a?c", "a*c", False),
        ("a?c", "ac", False),
        ("a", "a*", False),
        ("*a*b*", "xxaxxb", True),
        ("abc", "ab", False),
        ("", "", True),
        ("", "a", False),
        ("?", "*", False),
        ("a*?c", "a*c", False),
        ("a*?c", "abxc", True),
        ("a*?d*c", "axdc", True),
        ("a*?d*c", "a*dc", False),
        ("ab*bc", "abc", False),
        ("*b?", "aab\n", True),
        ("a.c*", "abc", False),
        ("a.?*", "abc", False),
        ("a*b", "a*c", False),
    ],
)
def test_a_pattern_covers_only_what_it_certainly_matches(pattern: str, text: str, covered: bool) -> None:  # noqa: FBT001
    assert wildcard_covers(pattern, text) is covered


class Watched(str):
    """A text that counts how often it is looked into."""

    __slots__ = ("looks",)

    def __init__(self, _text: str) -> None:
        self.looks = 0

    def __getitem__(self, index: Any) -> str:
        self.looks += 1
        return super().__getitem__(index)

    def find(self, *args: Any) -> int:
        self.looks += 1
        return super().find(*args)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("*a" * 1000, "a" * 999), ("*a" * 500 + "*b", "a" * 10_000), ("*ab" * 100 + "*c", "a" * 10_000)],
)
def test_a_text_is_searched_once_for_each_piece_of_a_pattern(pattern: str, text: str) -> None:
    watched = Watched(text)
    assert not wildcard_covers(pattern, watched)
    assert 0 < watched.looks <= pattern.count("*") + 1


@pytest.mark.parametrize(
    ("pattern", "rights"),
    [
        ("s3:get*", {Right.READ}),
        ("s3:*", set(Right)),
        ("*", set(Right)),
        ("s3:listbucket", {Right.LIST}),
        ("s3:putobject*", {Right.WRITE, Right.ADMINISTER}),
        ("s3:*object", {Right.READ, Right.WRITE}),
        ("s3:putbucketpolicy", {Right.ADMINISTER}),
        ("s3:getsomethingnew", {Right.READ}),
        ("s3:listsomethingnew", {Right.LIST}),
        ("s3:changesomethingnew", {Right.WRITE}),
        ("s3express:createsession", {Right.READ, Right.LIST, Right.WRITE}),
        ("rds:*", set[Right]()),
        ("broken", set[Right]()),
    ],
)
def test_each_action_gives_its_rights(pattern: str, rights: set[Right]) -> None:
    action = Selector(negated=False, patterns=(pattern,))
    assert {right for right in Right if granted(action, right)} == rights


def test_all_but_some_actions_give_the_rest() -> None:
    action = Selector(negated=True, patterns=("s3:get*", "s3express:*"))
    assert {right for right in Right if granted(action, right)} == {Right.LIST, Right.WRITE, Right.ADMINISTER}
    assert selects(action, "s3:putobject")
    assert not selects(action, "s3:getobject")
    assert not selects(action, "s3:newthing*")


def deny(patterns: tuple[str, ...] | None, *, negated: bool = False) -> Statement:
    return Statement(
        number=1,
        sid="",
        allow=False,
        principals=None,
        action=Selector(negated=False, patterns=("*",)),
        resource=None if patterns is None else Selector(negated, patterns),
        conditions=(),
    )


@pytest.mark.parametrize(
    ("denied", "allowed", "covered"),
    [
        (deny(("b/*",)), Selector(negated=False, patterns=("b/x/*",)), True),
        (deny(("b/x/*",)), Selector(negated=False, patterns=("b/*",)), False),
        (deny(("b", "b/*")), Selector(negated=False, patterns=("b", "b/1")), True),
        (deny(("b/${aws:username}/*",)), Selector(negated=False, patterns=("b/${aws:username}/*",)), False),
        (deny(("*",)), Selector(negated=True, patterns=("b/x",)), True),
        (deny(("b/*",)), Selector(negated=True, patterns=("b/x",)), False),
        (deny(("b/x",), negated=True), Selector(negated=True, patterns=("b/*",)), True),
        (deny(("c/x",), negated=True), Selector(negated=True, patterns=("b/*",)), False),
        (deny(("b/x",), negated=True), Selector(negated=False, patterns=("b/y",)), True),
        (deny(("b/x",), negated=True), Selector(negated=False, patterns=("b/x",)), False),
        (deny(("b/x",), negated=True), Selector(negated=False, patterns=("b/*",)), False),
        (deny(("b/${aws:username}",), negated=True), Selector(negated=False, patterns=("b/y",)), False),
        (deny(("b/x",), negated=True), None, False),
        (deny(None), None, True),
        (deny(None), Selector(negated=False, patterns=("b",)), False),
        (deny(("b",)), None, False),
    ],
)
def test_a_deny_covers_resources_only_when_it_is_certain(
    denied: Statement,
    allowed: Selector | None,
    covered: bool,  # noqa: FBT001
) -> None:
    assert resources_covered(denied, allowed) is covered
