import inspect

import pytest
from IPython.core.formatters import DisplayFormatter

from companion import listings, qa_head
from companion.listings import listing


def test_each_front_end_gets_the_code_as_it_can_show_it():
    shown, _ = DisplayFormatter().format(listing(qa_head.best_spans))
    source = inspect.getsource(qa_head.best_spans)
    assert shown["text/plain"] == source.rstrip()
    assert shown["text/markdown"] == f"````python\n{source}````"


def test_several_stand_below_each_other_as_in_a_module():
    both = repr(listing(listings.listing, listings.Listing))
    first, second = both.split("\n\n\n")
    assert first.startswith("def listing(")
    assert second.startswith("class Listing:")


def test_what_has_no_source_is_refused():
    with pytest.raises(TypeError, match="functions or classes, not a int"):
        listing(3)
    with pytest.raises(TypeError):
        listing(len)
