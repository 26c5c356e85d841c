"""What a checkpoint can be besides a BERT for question answering in good order."""

import json
import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import (
    AutoTokenizer,
    BertForMaskedLM,
    BertForPreTraining,
    BertForQuestionAnswering,
    BertTokenizer,
)

import companion
from companion.loading import read_checkpoint, read_model

HEAD = ("qa_outputs.weight", "qa_outputs.bias")


class Checkpoint:
    """A small model's folder, in which a test changes one thing."""

    def __init__(self, folder):
        self.folder = folder

    def config(self, **fields):
        return self._change("config.json", fields)

    def tokenizer_config(self, **fields):
        return self._change("tokenizer_config.json", fields)

    def _change(self, name, fields):
        path = self.folder / name
        path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))
        return self

    def vocabulary(self, change):
        path = self.folder / "vocab.txt"
        pieces = change(path.read_text("utf-8").splitlines())
        path.write_text("".join(f"{piece}\n" for piece in pieces), "utf-8")

    def weights(self, change):
        path = self.folder / "model.safetensors"
        save_file(change(load_file(path)), path, metadata={"format": "pt"})

    def read(self, **options):
        return read_checkpoint(str(self.folder), **options)


@pytest.fixture
def checkpoint(other_checkpoint, tmp_path):
    return Checkpoint(shutil.copytree(other_checkpoint, tmp_path / "copy"))


@pytest.mark.parametrize(
    "field",
    [
        {"model_type": "roberta"},
        {"is_decoder": True},
        {"position_embedding_type": "relative_key_query"},
        {"num_labels": 3},
        {"type_vocab_size": 1},
        {"quantization_config": {"load_in_8bit": True}},
        {"hidden_size": "32"},
        {"num_attention_heads": 5},
        {"hidden_act": "nonsense"},
    ],
)
@pytest.mark.parametrize("new_head", [False, True])
def test_a_configuration_of_another_model_is_named(checkpoint, field, new_head):
    [word] = {"num_attention_heads": ["heads"], "hidden_act": ["nonsense"]}.get(
        next(iter(field)), [next(iter(field)).replace("model_type", "model type")]
    )
    with pytest.raises(ValueError, match=word) as refused:
        checkpoint.config(**field).read(new_head=new_head)
    assert str(checkpoint.folder) in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("field", "tensor"),
    [
        ({"hidden_size": 64}, r"bert\.embeddings\.\S+ of shape \(.*\(.*64"),
        ({"max_position_embeddings": 65}, r"position_embeddings\.weight of .*\(65, 32"),
        ({"vocab_size": 12000}, r"word_embeddings\.weight of .*\(12000, 32\)"),
        ({"num_hidden_layers": 2}, r"does not read.*layer\.2\.\S+, .* and 13 more"),
        ({"num_hidden_layers": 4}, r"lack bert\.encoder\.layer\.3\.\S+.* and 13 more"),
    ],
)
def test_sizes_that_differ_from_the_weights_are_named(checkpoint, field, tensor):
    with pytest.raises(ValueError, match=tensor):
        checkpoint.config(**field).read()


@pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "model."])
def test_a_wrappers_prefix_is_named_once(checkpoint, prefix):
    checkpoint.weights(lambda w: {prefix + name: tensor for name, tensor in w.items()})
    with pytest.raises(ValueError, match="their names begin with") as refused:
        checkpoint.read()
    message = str(refused.value)
    assert repr(prefix) in message
    assert "and 52 more" in message
    assert len(message) < 500


def test_weights_that_nobody_would_read_are_named(checkpoint):
    name = "bert.encoder.layer.0.attention.self.distance_embedding.weight"
    checkpoint.weights(lambda w: {**w, name: torch.ones(127, 8)})
    for new_head in (False, True):
        with pytest.raises(ValueError, match=f"does not read.* {name}"):
            checkpoint.read(new_head=new_head)


def test_what_other_tasks_leave_in_a_checkpoint_is_no_matter(checkpoint):
    rest = {
        "bert.pooler.dense.weight": torch.ones(32, 32),
        "bert.embeddings.position_ids": torch.arange(64)[None],
        "cls.predictions.bias": torch.ones(9),
    }
    checkpoint.weights(lambda w: {**w, **rest})
    checkpoint.read()


def test_a_base_may_lack_the_head_and_have_another(checkpoint):
    checkpoint.weights(
        lambda w: {
            "classifier.weight": torch.ones(2, 32),
            **{name: tensor for name, tensor in w.items() if name not in HEAD},
        }
    )
    with pytest.raises(ValueError, match=r"lack qa_outputs\.bias, qa_outputs\.weight"):
        checkpoint.read()
    heads = []
    for _ in range(2):
        torch.manual_seed(7)
        _, model = checkpoint.read(new_head=True)
        heads.append(model.qa_outputs.weight)
    assert torch.equal(*heads)
    assert heads[0].std() > 0
    assert not model.training


def test_half_a_head_is_none(checkpoint):
    checkpoint.weights(lambda w: {n: t for n, t in w.items() if n != HEAD[1]})
    with pytest.raises(ValueError, match=r"lack qa_outputs\.bias"):
        checkpoint.read(new_head=True)


def test_more_pieces_than_rows_are_refused_with_both_numbers(checkpoint):
    checkpoint.vocabulary(lambda pieces: [*pieces, "Zzyzx"])
    with pytest.raises(ValueError, match=r"10,001 pieces .* for 10,000; .* 'Zzyzx'"):
        checkpoint.read()


@pytest.mark.parametrize("token", ["[SEP]", "[CLS]", "[PAD]", "[UNK]"])
def test_a_vocabulary_without_a_special_token_is_refused(checkpoint, token):
    checkpoint.vocabulary(lambda p: ["x" if piece == token else piece for piece in p])
    with pytest.raises(ValueError, match=rf"lacks its ..._token, '\{token}'"):
        checkpoint.read()


def test_a_missing_vocabulary_is_not_replaced(checkpoint):
    (checkpoint.folder / "vocab.txt").unlink()
    with pytest.raises(ValueError, match=r"no vocabulary: vocab\.txt"):
        checkpoint.read()


@pytest.mark.parametrize(
    "fields",
    [
        {"tokenizer_class": "RobertaTokenizer"},
        {"tokenizer_class": "BertJapaneseTokenizer"},
        {"tokenizer_class": "Nonsense"},
        {"model_max_length": "64"},
    ],
)
def test_another_tokenizer_is_refused(checkpoint, fields):
    with pytest.raises(ValueError, match=r"has a? ?tokenizer|the tokenizer of"):
        checkpoint.tokenizer_config(**fields).read()


@pytest.mark.parametrize("lower_case", [False, True])
def test_a_generic_tokenizer_becomes_berts_own(checkpoint, lower_case):
    checkpoint.tokenizer_config(do_lower_case=lower_case, model_max_length=60)
    before = AutoTokenizer.from_pretrained(checkpoint.folder)
    before.save_pretrained(checkpoint.folder)  # tokenizer.json too
    checkpoint.tokenizer_config(tokenizer_class="PreTrainedTokenizerFast")
    tokenizer, _ = checkpoint.read()
    assert type(tokenizer) is BertTokenizer
    assert tokenizer.model_max_length == 60
    text = "Éric sat [SEP] in Zürich, 北京; cafe\u0301s, don't!"
    assert tokenizer("Who?", text)["input_ids"] == before("Who?", text)["input_ids"]
    assert (
        companion.tokens.encode(tokenizer, "Who?", text).input_ids[0].tolist()
        == (before("Who?", text)["input_ids"])
    )


def test_a_generic_tokenizer_that_cuts_otherwise_is_refused(checkpoint):
    before = AutoTokenizer.from_pretrained(checkpoint.folder)
    before.save_pretrained(checkpoint.folder)
    path = checkpoint.folder / "tokenizer.json"
    saved = json.loads(path.read_text("utf-8"))
    saved["pre_tokenizer"] = {"type": "WhitespaceSplit"}
    path.write_text(json.dumps(saved), "utf-8")
    checkpoint.tokenizer_config(tokenizer_class="PreTrainedTokenizerFast")
    with pytest.raises(ValueError, match="does not cut texts as BERT's does"):
        checkpoint.read()


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json"])
def test_a_broken_file_is_one_line_that_names_the_folder(checkpoint, name):
    (checkpoint.folder / name).write_text("{")
    with pytest.raises((OSError, ValueError), match="copy") as refused:
        checkpoint.read()
    assert "\n" not in str(refused.value)


@pytest.fixture
def shards(checkpoint):
    """The names of the files that the weights lie in; they are several now."""
    _, model = checkpoint.read()
    (checkpoint.folder / "model.safetensors").unlink()
    model.save_pretrained(checkpoint.folder, max_shard_size="100KB")
    names = sorted(path.name for path in checkpoint.folder.glob("model-*.safetensors"))
    assert len(names) > 1
    return names


def test_weights_in_several_files_are_read(checkpoint, shards, other_checkpoint):
    _, model = checkpoint.read()
    weights = load_file(other_checkpoint / "model.safetensors")
    assert {"bert.embeddings.word_embeddings.weight", *HEAD} <= set(weights)
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, weights[name]), name


def test_a_missing_one_of_several_files_is_named(checkpoint, shards):
    (checkpoint.folder / shards[-1]).unlink()
    with pytest.raises((OSError, ValueError), match=shards[-1]) as refused:
        checkpoint.read()
    assert "\n" not in str(refused.value)


def test_an_adapter_beside_the_weights_is_not_read(checkpoint):
    _, before = checkpoint.read()
    other = {name: torch.ones_like(w) for name, w in before.state_dict().items()}
    adapter = checkpoint.folder / "adapter_model.safetensors"
    save_file(other, adapter, metadata={"format": "pt"})
    _, model = checkpoint.read()
    assert torch.equal(model.qa_outputs.weight, before.qa_outputs.weight)
    (checkpoint.folder / "model.safetensors").unlink()
    with pytest.raises(FileNotFoundError, match=r"no model\.safetensors"):
        checkpoint.read()


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 215641504\n"


@pytest.mark.parametrize(
    "damage",
    [lambda _: LFS, lambda _: b"", lambda content: content[:5], lambda c: c[:-100]],
    ids=["git-lfs pointer", "empty", "header cut", "tensors cut"],
)
def test_weights_that_did_not_arrive_are_said_to_be_damaged(checkpoint, damage):
    path = checkpoint.folder / "model.safetensors"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match=r"copy' are cut short or damaged") as refused:
        checkpoint.read()
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("begin", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_vocabulary_is_read_whatever_editor_saved_it(checkpoint, begin, end):
    before, _ = checkpoint.read()
    path = checkpoint.folder / "vocab.txt"
    path.write_bytes(begin + path.read_bytes().replace(b"\n", end))
    tokenizer, _ = checkpoint.read()
    text = "the [PAD] of 1871?"
    assert tokenizer.get_vocab() == before.get_vocab()
    assert tokenizer("Who?", text)["input_ids"] == before("Who?", text)["input_ids"]


def test_a_folder_may_have_any_name(checkpoint):
    folder = checkpoint.folder.rename(checkpoint.folder.parent / "Mein Gerät, größer")
    link = folder.parent / "link"
    link.symlink_to(folder, target_is_directory=True)
    for name in (folder, f"{folder}/", link, f"{link}/"):
        _, model = companion.load(str(name))
        assert model.config.hidden_size == 32


def with_heads(checkpoint, kind):
    """The checkpoint's encoder with the heads of `kind`, in the same folder."""
    _, model = checkpoint.read()
    torch.manual_seed(3)
    other = kind(model.config)
    other.bert.load_state_dict(model.bert.state_dict(), strict=False)
    other.save_pretrained(checkpoint.folder)
    return other


PREDICTIONS, POOLER, RELATION = "cls.predictions.", "bert.pooler.", "cls.seq_relati"


@pytest.mark.parametrize(
    ("stored", "wanted", "lacking"),
    [
        (BertForQuestionAnswering, BertForQuestionAnswering, []),
        (BertForMaskedLM, BertForMaskedLM, []),
        (BertForPreTraining, BertForPreTraining, []),
        (BertForQuestionAnswering, BertForMaskedLM, [PREDICTIONS]),
        (BertForQuestionAnswering, BertForPreTraining, [POOLER, PREDICTIONS, RELATION]),
        (BertForMaskedLM, BertForPreTraining, [POOLER, RELATION]),
        (BertForMaskedLM, BertForQuestionAnswering, ["qa_outputs."]),
        (BertForPreTraining, BertForQuestionAnswering, ["qa_outputs."]),
        (BertForPreTraining, BertForMaskedLM, []),
    ],
)
def test_heads_that_are_lacking_are_named_and_new(checkpoint, stored, wanted, lacking):
    before = with_heads(checkpoint, stored).state_dict()
    _, model, found = read_model(wanted, str(checkpoint.folder), new_head=True)
    assert [h.startswith(part) for h, part in zip(found, lacking, strict=True)] == (
        [True] * len(lacking)
    )
    assert not model.training
    for name, weights in model.state_dict().items():
        if not name.startswith(tuple(lacking)):
            assert torch.equal(weights, before[name]), name
    if wanted is not BertForQuestionAnswering:
        table = model.bert.embeddings.word_embeddings.weight
        assert model.cls.predictions.decoder.weight is table
    if lacking:
        with pytest.raises(ValueError, match=rf"is not a BERT .*lack {lacking[0]}"):
            read_model(wanted, str(checkpoint.folder))
    else:
        assert read_model(wanted, str(checkpoint.folder))[2] == []


def test_what_a_checkpoint_is_not_is_said_by_the_head_that_was_wanted(checkpoint):
    for kind, name in (
        (BertForMaskedLM, "a BERT with a masked-word head"),
        (BertForPreTraining, "a BERT with the heads of pretraining"),
    ):
        with pytest.raises(ValueError, match=f"copy' is not {name}: its weights lack"):
            read_model(kind, str(checkpoint.folder))


@pytest.mark.parametrize(
    "part",
    [
        "cls.predictions.bias",
        "cls.predictions.transform.LayerNorm.weight",
        "bert.pooler.dense.bias",
        "cls.seq_relationship.weight",
    ],
)
def test_half_a_head_of_pretraining_is_none(checkpoint, part):
    with_heads(checkpoint, BertForPreTraining)
    checkpoint.weights(lambda w: {n: t for n, t in w.items() if n != part})
    for new_head in (False, True):
        with pytest.raises(ValueError, match=rf"lack {part}"):
            read_model(BertForPreTraining, str(checkpoint.folder), new_head=new_head)


def test_a_masked_word_head_may_store_its_table_twice(checkpoint):
    before = with_heads(checkpoint, BertForMaskedLM)
    table = before.bert.embeddings.word_embeddings.weight.detach()
    tied = {
        "cls.predictions.decoder.weight": table.clone(),
        "cls.predictions.decoder.bias": before.cls.predictions.bias.detach().clone(),
    }
    checkpoint.weights(lambda w: {**w, **tied})
    for new_head in (False, True):
        _, model, lacking = read_model(
            BertForMaskedLM, str(checkpoint.folder), new_head=new_head
        )
        assert lacking == []
        assert model.cls.predictions.decoder.weight is (
            model.bert.embeddings.word_embeddings.weight
        )


@pytest.mark.slow
def test_a_body_cut_short_is_no_base_for_any_head(checkpoint):
    with_heads(checkpoint, BertForPreTraining)
    gone = "bert.encoder.layer.1.output.dense.weight"
    checkpoint.weights(lambda w: {n: t for n, t in w.items() if n != gone})
    for kind in (BertForQuestionAnswering, BertForMaskedLM, BertForPreTraining):
        with pytest.raises(ValueError, match=rf"not a BERT encoder.* lack {gone}"):
            read_model(kind, str(checkpoint.folder), new_head=True)
