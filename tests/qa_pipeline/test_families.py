"""Every family: its template, its longest input, its words; and what is refused."""

import pytest
import torch
import transformers
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoConfig, AutoModelForQuestionAnswering, BertConfig

from companion import QuestionAnswerer
from companion.qa_pipeline import families, texts
from companion.qa_pipeline.batches import forward
from companion.qa_pipeline.texts import text_tokens
from companion.qa_pipeline.windows import model_inputs
from companion.qa_pipeline.words import visible
from oracle import small
from oracle.pieces import TEXT

QUESTION = "Where did Anna live?"
LONG = "My name is Foo and I live in Berlin, near Bar.\n" * 60  # some 1,000 tokens


@pytest.fixture(scope="module", params=small.FAMILIES)
def family(request):
    return request.param, *small.small_model(request.param)


def ids(tokenizer, text):
    return text_tokens(tokenizer, text).ids


def test_a_row_is_what_the_tokenizer_makes_of_two_texts(family):
    _, tokenizer, model = family
    asked = families.family_of(tokenizer, model)
    rows = asked.inputs([(ids(tokenizer, QUESTION), ids(tokenizer, TEXT))])
    theirs = tokenizer(QUESTION, TEXT)
    assert rows["input_ids"].tolist() == [theirs["input_ids"]]
    if "token_type_ids" in rows:
        assert rows["token_type_ids"].tolist() == [theirs["token_type_ids"]]
    without = asked.special + len(ids(tokenizer, QUESTION))
    assert without + len(ids(tokenizer, TEXT)) == rows["input_ids"].shape[1]


def test_berts_rows_are_those_of_the_book(embedded):
    tokenizer, _ = embedded
    pairs = [("Who?", "My name is Foo"), ("Who was her brother?", "Bar.")]
    rows = [(ids(tokenizer, q), ids(tokenizer, c)) for q, c in pairs]
    ours = families.family_of(*embedded).inputs(rows)
    books = model_inputs(tokenizer, rows)
    assert ours.keys() == books.keys()
    assert all(torch.equal(ours[name], books[name]) for name in ours)


@pytest.mark.parametrize(
    ("name", "read"),
    [("bert", True), ("electra", True), ("albert", True)]
    + [(name, False) for name in ("roberta", "distilbert", "mpnet", "deberta-v2")],
)
def test_types_are_read_where_the_model_has_some(name, read):
    tokenizer, model = small.small_model(name)
    if name == "albert":  # the library's list leaves them out, though it has two
        tokenizer.init_kwargs.pop("model_input_names")
        tokenizer.model_input_names = ["input_ids", "attention_mask"]
    assert (families.family_of(tokenizer, model).types == (0, 1)) is read


def test_a_list_of_inputs_that_leaves_types_out_is_followed():
    tokenizer, model = small.small_model("bert")
    tokenizer.init_kwargs["model_input_names"] = ["input_ids", "attention_mask"]
    assert families.family_of(tokenizer, model).types is None


def test_the_longest_input_is_read_to_its_end_and_no_further(family):
    name, tokenizer, model = family
    tokenizer.model_max_length = 10**30
    longest = families.longest_input(tokenizer, model)
    if name == "deberta-v2":  # relative positions only
        assert longest >= 10**9
        return
    assert longest == small.LONGEST
    asked = families.family_of(tokenizer, model)
    some = torch.full((longest - asked.special - 1,), 20, dtype=torch.int32)
    logits = forward(model, asked.inputs([(some[:1], some)]))
    assert logits.shape == (1, 2, longest)


def test_a_long_context_has_each_answer_once_in_true_places(family):
    _, tokenizer, model = family
    answers = QuestionAnswerer(tokenizer, model)(QUESTION, LONG, top_k=50)
    assert len({(a["start"], a["end"]) for a in answers}) == len(answers) == 50
    for answer in answers:
        text = LONG[answer["start"] : answer["end"]]
        assert text == answer["answer"] == text.strip() != ""
        assert not (text[0].isalnum() and LONG[answer["start"] - 1].isalnum())


def test_questions_asked_together_are_answered_as_alone(family):
    _, tokenizer, model = family
    answerer = QuestionAnswerer(tokenizer, model)
    contexts = ["Foo lives here.", TEXT, "Rain and wind, and Bar."]
    together = answerer(QUESTION, contexts)
    for answer, context in zip(together, contexts, strict=True):
        alone = answerer(QUESTION, context)
        assert answer | {"score": 0} == alone | {"score": 0}
        assert answer["score"] == pytest.approx(alone["score"], rel=1e-3, abs=1e-7)


PIECES = st.sampled_from(
    ["Foo's", "naïve", "cafe\u0301", "北京", "a-b", "été", "1,234"]
)
TOKENIZERS: dict = {}
BLANKS = st.sampled_from([" ", " ", "\n", "  ", "\u3000"])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["roberta", "deberta", "xlm-roberta", "deberta-v2"])
@given(st.lists(st.tuples(PIECES, BLANKS), min_size=1, max_size=30), st.integers(1, 40))
@examples(50)
def test_a_text_read_in_parts_is_the_text_read_at_once(name, parts, at_once):
    tokenizer = TOKENIZERS.setdefault(name, small.small_model(name)[0])
    text = "".join(piece + blank for piece, blank in parts) + "end"
    whole = text_tokens(tokenizer, text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(texts, "AT_ONCE", at_once)
        patch.setattr(texts, "WHITESPACE", texts.SPACE)
        parts = text_tokens(tokenizer, text)
    assert torch.equal(parts.ids, whole.ids)
    assert torch.equal(parts.offsets, whole.offsets)
    assert torch.equal(parts.words, whole.words)


@pytest.mark.parametrize("name", ["roberta", "deberta", "xlm-roberta", "deberta-v2"])
def test_a_text_without_spaces_is_not_one_word(name):
    tokenizer, model = small.small_model(name)
    context = "她住在北京。他住在上海。東京タワー กรุงเทพ"
    answers = QuestionAnswerer(tokenizer, model)("Who?", context, top_k=500)
    assert any(len(answer["answer"]) < 3 for answer in answers)
    assert len({(a["start"], a["end"]) for a in answers}) == len(answers)


def test_words_by_characters_where_the_tokenizer_has_none():
    text = " My  name\n東京x"
    spans = [(0, 1), (0, 3), (3, 4), (4, 9), (9, 10), (10, 11), (11, 12), (12, 13)]
    found, words = visible(text, spans, [0] * len(spans))
    pieces = [text[first:end] for first, end in found]
    assert pieces == ["My", "My", "name", "name", "東", "東", "京", "x"]
    assert words == [0, 0, 1, 1, 2, 2, 3, 4]


def test_tokens_of_the_same_characters_are_one_place():
    assert visible("ab", [(0, 1), (0, 2), (1, 2)], [0, 0, 1]) == ([(0, 2)] * 3, [0] * 3)


def test_nothing_to_be_seen_is_no_token():
    assert visible("  ", [(0, 1), (1, 2)], [0, 1]) == ([], [])


def tiny(kind, **more):
    sizes = {"vocab_size": 90, "pad_token_id": 0, **small.SIZES, **more}
    return AutoModelForQuestionAnswering.from_config(
        AutoConfig.for_model(kind, **sizes)
    ).eval()


def refused(error, message, **changed):
    tokenizer, model = small.small_model("bert")
    with pytest.raises(error, match=message):
        QuestionAnswerer(
            changed.get("tokenizer", tokenizer), changed.get("model", model)
        )


def test_left_padding_is_refused():
    tokenizer, _ = small.small_model("bert")
    tokenizer.padding_side = "left"
    refused(ValueError, "BertTokenizer pads on the left", tokenizer=tokenizer)


def test_a_slow_tokenizer_is_refused():
    tokenizer = transformers.ByT5Tokenizer()
    refused(TypeError, "must be a fast one.*not a ByT5Tokenizer", tokenizer=tokenizer)


def test_a_tokenizer_without_special_tokens_is_refused():
    tokenizer, _ = small.small_model("bert")
    tokenizer.backend_tokenizer.post_processor = None
    refused(ValueError, "BertTokenizer puts no special token", tokenizer=tokenizer)


def test_an_encoder_with_a_decoder_is_refused():
    sizes = {"encoder_layers": 1, "decoder_layers": 1, "d_model": 16}
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2}
    model = tiny("bart", **sizes, **heads)
    refused(ValueError, "BartForQuestionAnswering is an encoder with a", model=model)


def test_a_model_that_would_read_padding_is_refused():
    refused(ValueError, "FNetFor.* takes no attention_mask", model=tiny("fnet"))


def test_a_model_without_a_head_is_refused():
    model = transformers.BertModel(BertConfig(vocab_size=90, **small.SIZES)).eval()
    refused(TypeError, "must be an encoder for question.*not a BertModel", model=model)


def test_training_mode_is_refused():
    _, model = small.small_model("roberta")
    refused(ValueError, "model is in training mode", model=model.train())
