"""What the search page reads of a page: sections, terms, functions, no furniture."""

import json

from tools.sphinx_ext.search import Pages, parts

BODY = """
<section id="one"><h1>4. One<a class="headerlink" href="#one">#</a></h1>
<p>First <b>words</b>.</p><form hidden><input><p>Asked.</p></form>
<noscript><p>No script.</p></noscript><details><summary>Show</summary></details>
<svg><text>drawn</text></svg><script>let x;</script>
<section id="two"><h2>Two</h2><p>Inner <img alt="x">words</p><pre>code()</pre></section>
<p>Last.</p>
<dl><dt id="term-MLP">MLP<a class="headerlink" href="#x">#</a></dt><dd><p>It is
<a href="#">this</a>.</p></dd></dl>
<dl class="py"><dt id="companion.a.b">b(x)</dt><dd>Do it.</dd></dl>
</section>"""


def test_each_word_belongs_to_the_innermost_part():
    found = {part.anchor: part for part in parts(BODY)}
    assert list(found) == ["one", "two", "term-MLP", "companion.a.b"]
    assert found["one"].title == "4. One"
    assert found["one"].text == "First words. Last."
    assert (found["two"].text, found["two"].code) == ("Inner words", "code()")
    assert (found["term-MLP"].title, found["term-MLP"].text) == ("MLP", "It is this.")
    assert found["companion.a.b"].title == "companion.a.b"
    assert [part.kind for part in found.values()][1:] == ["section", "term", "function"]


def test_the_script_has_each_page_with_its_chapter():
    pages = Pages()
    pages.add("notebooks/index", "Front", BODY)
    pages.add("notebooks/04_attention", "4. Attention: </script>", BODY)
    text = pages.script()
    found = json.loads(text.removeprefix("globalThis.searchTexts = ").rstrip(";\n"))
    assert [page["chapter"] for page in found] == [4, None]  # the front page is last
    assert found[0]["link"] == "notebooks/04_attention.html"
    assert found[0]["parts"][1] == ["two", "section", "Two", "Inner words", "code()"]
