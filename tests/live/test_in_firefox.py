"""The model in a second engine: the same numbers, tokens and answers."""

import json

import firefox
import pytest
from live_pages import (
    ANSWER,
    CLOSE,
    FRAME,
    TOKENIZE,
    in_utf_16,
    questions,
    root,
    texts_of_ten_scripts,
    the_librarys,
)

pytestmark = pytest.mark.slow

REPORT = """<script>
const report = (found) =>
  fetch("/report", { method: "POST", body: JSON.stringify(found) });
addEventListener("error", (event) => report({ error: event.message }));
addEventListener("DOMContentLoaded", async () => {
  try {
    const texts = %s, asked = %s;
    document.querySelector("button[type=submit]").click();
    const proof = await insideBertModel.ask("proof", "", "");
    const tokens = await (%s)(texts);
    const answers = await (%s)(asked);
    const status = document.querySelector("[role=status]").textContent;
    report({ proof, tokens, answers, status, width: document.body.scrollWidth });
  } catch (error) {
    report({ error: String(error) });
  }
});
</script>"""


def test_firefox_computes_the_same(site, tmp_path, cased, rounded_answerer):
    texts = list(texts_of_ten_scripts(1000))
    asked = [list(pair) for pair in questions()][::4]
    data = [json.dumps(part).replace("</", "<\\/") for part in (texts, asked)]
    page = FRAME.format(root("answer")) + REPORT % (*data, TOKENIZE, ANSWER)
    (site / "firefox.html").write_text(page, "utf-8")
    found = firefox.reported(site, "firefox.html", tmp_path)
    assert "error" not in found, found
    rows = found["proof"]["rows"]
    assert len(rows) == 5 + 6 * 9 + 2
    assert 0 < max(row["difference"] for row in rows) < CLOSE
    for text, mine, wanted in zip(
        texts, found["tokens"], the_librarys(cased, texts), strict=True
    ):
        assert mine[:2] == wanted[:2], ascii(text)
    for (question, context), mine in zip(asked, found["answers"], strict=True):
        best, *_ = rounded_answerer(question, context, top_k=2)
        ours = mine["answers"][0]
        assert ours["score"] == pytest.approx(best["score"], abs=CLOSE)
        place = in_utf_16(context, [(best["start"], best["end"])])[0]
        assert [ours["start"], ours["end"]] == place, question
    assert found["status"] == "The answer: Foo."
