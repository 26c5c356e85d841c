"""Which layers, heads and part a reader may name, and in which form."""

import numpy
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from companion import running, views
from companion.views.choices import numbers_from

PLAIN = (running.QUESTION, running.CONTEXT)
COUNT = 6
ONE = [
    int,
    numpy.int64,
    numpy.uint8,
    numpy.array,
    torch.tensor,
    lambda number: torch.tensor(number, dtype=torch.int8),
]
SEVERAL = [
    list,
    tuple,
    iter,
    lambda numbers: dict.fromkeys(numbers).keys(),
    lambda numbers: numpy.array(numbers, dtype=int),
    lambda numbers: torch.tensor(numbers, dtype=torch.int32),
]
NO_INTEGER = [
    True,
    1.0,
    None,
    "1",
    "01",
    b"1",
    1j,
    [1],
    numpy.bool_(True),
    numpy.float32(1),
    torch.tensor(1.0),
    torch.tensor(True),
    torch.tensor([1]),
    numpy.array([1]),
]


def within(numbers):
    return all(0 <= number < COUNT for number in numbers)


@given(st.lists(st.integers(0, COUNT - 1), min_size=1), st.sampled_from(SEVERAL))
def test_numbers_come_in_any_container_and_order(numbers, several):
    assert numbers_from("layers", several(numbers), COUNT) == sorted(set(numbers))


@given(st.lists(st.tuples(st.integers(0, COUNT - 1), st.sampled_from(ONE)), min_size=1))
def test_numbers_are_pythons_numpys_or_torchs(pairs):
    result = numbers_from("layers", [form(number) for number, form in pairs], COUNT)
    assert result == sorted({number for number, _ in pairs})
    assert {type(number) for number in result} == {int}  # JSON knows no other


@given(st.integers(0, COUNT - 1), st.sampled_from(ONE))
def test_a_number_may_stand_alone(number, form):
    assert numbers_from("layers", form(number), COUNT) == [number]


@given(
    st.lists(st.integers(-300, 300), max_size=9).filter(
        lambda n: not (n and within(n))
    ),
    st.sampled_from(SEVERAL),
)
def test_none_or_one_that_is_not_there_is_refused(numbers, several):
    with pytest.raises(
        ValueError, match=r"^heads must name one or more of 0 to 5, not"
    ):
        numbers_from("heads", several(numbers), COUNT)


@pytest.mark.parametrize("value", NO_INTEGER, ids=repr)
def test_what_is_no_integer_is_refused(value):
    with pytest.raises(TypeError, match="layers must be an integer or several, not"):
        numbers_from("layers", [0, value], COUNT)


@pytest.mark.parametrize("value", ["1", "", b"1", 1.5, True, torch.tensor([0.5])])
def test_what_holds_no_integers_is_refused(value):
    with pytest.raises(TypeError, match="layers must be an integer or several, not"):
        numbers_from("layers", value, COUNT)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ({"layers": []}, r"layers must name one or more of 0 to 5, not \[\]"),
        ({"layers": [1, 6]}, r"layers must .* 0 to 5, not \[1, 6\]"),
        ({"heads": numpy.int64(-1)}, r"heads must .* 0 to 11, not \[-1\]"),
        ({"heads": range(100)}, r"heads must .* 0 to 11, not \[0, 1, .*\.\.\.$"),
        ({"show": "some"}, r"show must be one of all, .* not 'some'"),
        ({"show": ["all"]}, r"show must be one of all, .* not \['all'\]"),
        ({"show": None}, r"show must be one of all, .* not None"),
    ],
)
@pytest.mark.slow
def test_a_view_says_what_came_and_what_was_wanted(embedded, kind, message):
    for view in (views.head_view, views.model_view, views.neuron_view):
        with pytest.raises(ValueError, match=message):
            view(*embedded, *PLAIN, **kind)


def test_numbers_from_elsewhere_make_the_same_view(embedded):
    wanted = views.neuron_view(*embedded, *PLAIN, layers=[0, 1], heads=[7]).html()
    layers, heads = numpy.arange(2), torch.tensor(7)
    html = views.neuron_view(*embedded, *PLAIN, layers=layers, heads=heads).html()
    assert html == wanted


@pytest.mark.parametrize("token", ["Who", 1, numpy.int64(1), torch.tensor(1)])
def test_a_view_opens_on_a_layer_a_head_and_a_token(embedded, token):
    chosen = {"layer": numpy.int64(4), "head": torch.tensor(5), "token": token}
    shown = views.decode(views.head_view(*embedded, *PLAIN, **chosen).html())
    assert shown.open == {"layer": 4, "head": 5, "token": 1}
    slider = views.layer_slider(*embedded, *PLAIN, layer=5, token=token)
    assert views.decode(slider.html()).open == {"step": 6, "token": 1}
    assert views.decode(views.head_view(*embedded, *PLAIN).html()).open == {}


@pytest.mark.parametrize(
    ("chosen", "error", "message"),
    [
        (
            {"layer": 3, "layers": [1, 2]},
            ValueError,
            r"layer must be one of \[1, 2\], n",
        ),
        ({"head": 12}, ValueError, r"head must be one of \[0, 1, .* not 12"),
        ({"head": "8"}, TypeError, "head must be an integer, not '8'"),
        ({"token": "Wer"}, ValueError, "token must be the text of one .* that of 0:"),
        (
            {"token": "[SEP]"},
            ValueError,
            "'.SEP.' is that of 2: give its place, 0",
        ),
        ({"token": 10}, ValueError, r"token must be one of \[0, .* not 10"),
        (
            {"token": "My", "show": "question to context"},
            ValueError,
            r"token must be one of \[1, 2\], not 4",
        ),
    ],
)
def test_what_a_view_cannot_open_on_is_named(embedded, chosen, error, message):
    with pytest.raises(error, match=message):
        views.head_view(*embedded, *PLAIN, **chosen)
