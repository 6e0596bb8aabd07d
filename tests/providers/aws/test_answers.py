from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudaudit.facts import Cause, NotRead, not_read
from cloudaudit.providers.aws.answers import Answer, Unknown, all_of, any_of, asked, decided, holds, shown
from cloudaudit.testing import denied, read, unread

A = denied("a")
B = denied("b")
ANSWERS = st.lists(st.sampled_from([True, False, Unknown((A,)), Unknown((B,))]))


@given(ANSWERS)
def test_any_of_is_yes_with_one_yes_and_no_with_only_noes(answers: list[Answer]) -> None:
    together = any_of(answers)
    assert (together is True) == (True in answers)
    assert (together is False) == all(answer is False for answer in answers)


@given(ANSWERS)
def test_all_of_is_no_with_one_no_and_yes_with_only_yeses(answers: list[Answer]) -> None:
    together = all_of(answers)
    assert (together is False) == (False in answers)
    assert (together is True) == all(answer is True for answer in answers)


def test_what_was_not_read_is_named_once_in_the_order_of_asking() -> None:
    assert any_of((Unknown((B,)), False, Unknown((A, B)))) == Unknown((B, A))
    assert all_of((Unknown((A,)), True, Unknown((A,)))) == Unknown((A,))


def test_a_question_whose_resource_was_not_read_stands_back_for_the_others() -> None:
    def question() -> Answer:
        not_read(A, B)

    assert asked(question) == Unknown((A, B))
    assert asked(lambda: False) is False
    assert any_of((asked(question), True)) is True


def test_asking_stops_at_what_decides() -> None:
    def asked() -> Iterator[Answer]:
        yield True
        pytest.fail("asked on")

    assert any_of(asked()) is True
    assert all_of(not answer for answer in asked()) is False


def test_a_fact_holds_or_is_unknown() -> None:
    assert holds(read(2), lambda number: number > 1) is True
    assert holds(read(1), lambda number: number > 1) is False
    assert holds(A, bool) == Unknown((A,))


def test_only_an_unknown_answer_cannot_be_decided() -> None:
    assert decided(answer=True) is True
    assert decided(answer=False) is False
    with pytest.raises(NotRead) as missing:
        decided(Unknown((A, B)))
    assert missing.value.facts == (A, B)


def test_a_fact_is_shown_or_the_cause_is() -> None:
    assert shown(read(2), lambda number: number + 1) == 3
    assert shown(unread(Cause.THROTTLED), bool) == {"not_read": "throttled"}
