"""What the pages leave out of the theme is what no page needs."""

import pytest

from tools.sphinx_ext.light import ICONS, icon_rule, icons, pruned

USED = {"a", "b", "only"}


@pytest.mark.parametrize(
    "kept",
    [
        ".a{x:1}",
        ".a.b > p{x:1}",
        "p{x:1}",
        ".gone, .a{x:1}",  # one of two is enough
        ".a:not(.gone){x:1}",
        ".a:is(.gone, .b){x:1}",
        "@media print{.a{x:1}}",
        "@font-face{src:url(x)}",
        "@keyframes gone{from{x:1}to{x:2}}",
        ".modal-dialog{x:1}",  # Bootstrap's script puts such names together
        "/* .gone */.a{x:1}",
    ],
)
def test_a_rule_that_may_match_stays(kept):
    assert pruned(kept, USED) == kept


@pytest.mark.parametrize(
    ("rules", "left"),
    [
        (".gone{x:1}", ""),
        (".a .gone{x:1}.b{x:2}", ".b{x:2}"),
        ("@media print{.gone{x:1}.a{x:2}}", "@media print{.a{x:2}}"),
        ("@media print{.gone{x:1}}p{x:2}", "p{x:2}"),
        (".only-2{x:1}", ""),
    ],
)
def test_a_rule_that_matches_nothing_goes(rules, left):
    assert pruned(rules, USED) == left


def test_each_icon_has_its_shape():
    rules = icons().splitlines()
    assert len({rule.partition("{")[2] for rule in rules if "--icon:" in rule}) == len(
        ICONS
    )
    with pytest.raises(ValueError, match="no walrus"):
        icon_rule("walrus", "{bars:[1,2,[],'f0',\"M0\"]}")
