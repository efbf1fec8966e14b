"""`purenn gpt`: from a file of text to a model file, and from that to new text."""

import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from purenn import load
from purenn.app import gpt as command
from purenn.app.main import main
from purenn.sequences import LanguageModel
from purenn.store.model import load_model

ROOT = Path(__file__).resolve().parent.parent
SMALL = ["--steps", "20", "--width", "8", "--heads", "2", "--batch", "2"]


def said(capsys, *words):
    """The exit code, what was printed, and what was said on stderr."""
    code = main(["gpt", *map(str, words)])
    return (code, *capsys.readouterr())


def results(capsys, *words):
    code, out, err = said(capsys, *words, "--json", "--quiet")
    assert code == 0, err
    assert err == ""
    return json.loads(out)


@pytest.fixture
def words(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("\n".join(f"{a}{b}{c}" for a in "bdg" for b in "aeiou" for c in "lnr") + "\n\n",
                    encoding="utf-8")
    return path


# ---- Training ----


@pytest.mark.slow
def test_names_are_learned_and_written(capsys):
    code, out, err = said(capsys, "names", *SMALL, "--samples", "3")
    assert code == 0
    assert "names: 4,647 texts, one in each line, to learn from, 516 held out; 27 tokens" in out
    assert "held-out loss" in out and "perplexity" in out
    assert len(out.split("written at temperature 0.7")[1].splitlines()) == 4
    assert "step 20/20: loss" in err and "writes '" in err


@pytest.mark.slow
def test_json_has_the_loss_of_every_step(capsys, words):
    found = results(capsys, words, *SMALL, "--seed", "3")
    assert len(found["losses"]) == 20 and len(found["history"]) == 10
    assert found["losses"][0] == pytest.approx(2.6, abs=0.2)  # ln 13: eleven letters, edge
    assert sum(found["losses"][-2:]) / 2 == pytest.approx(found["history"][-1]["loss"], rel=0.05)
    assert found["settings"]["context"] == 16 and found["settings"]["texts"] == "lines"
    assert found["held_out"]["texts"] == 4
    assert len(found["samples"]) == 10
    assert results(capsys, words, *SMALL, "--seed", "3") == timeless(found)
    assert results(capsys, words, *SMALL, "--seed", "4")["losses"] != found["losses"]


def timeless(found):
    class Any(float):
        def __eq__(self, other):
            return True

    for record in found["history"]:
        record["seconds"] = Any()
    return found


def test_a_line_that_stands_there_twice_is_held_out_twice(capsys, tmp_path):
    path = tmp_path / "twice.txt"
    path.write_text("\n".join(["ab", "ba", "aa", "bb", "abab", "b", "a", "aab", "bba", "abb"] * 3))
    found = results(capsys, path, *SMALL)
    assert found["held_out"]["texts"] == 1
    code, out, _ = said(capsys, path, *SMALL)
    assert "27 texts, one in each line, to learn from, 1 held out" in out


@pytest.mark.slow
@pytest.mark.parametrize("options, form", [([], "whole"), (["--texts", "lines"], "lines")])
def test_a_long_text_is_cut_into_windows(capsys, tmp_path, options, form):
    path = tmp_path / "long.txt"
    path.write_text("it was the best of times, it was the worst of times, " * 60 + "\nshort\n")
    found = results(capsys, path, *SMALL, "--context", "20", "--samples", "1", *options)
    assert found["settings"]["texts"] == form and found["settings"]["context"] == 20
    assert (found["held_out"] is None) == (form == "lines")  # two lines are too few to hold out
    assert len(found["samples"][0]) == 200 or form == "lines"


def test_byte_pairs_make_longer_tokens_and_the_loss_is_still_per_character(capsys, words):
    found = results(capsys, words, *SMALL, "--tokens", "30")
    assert found["settings"]["tokens"] == 30
    assert 0.5 < found["held_out"]["loss_per_character"] < 2.5
    assert found["held_out"]["characters"] == 16


@pytest.mark.slow
def test_like_microgpt_the_first_losses_are_those_of_the_scalar_program(capsys, words):
    from scalar_gpt import losses

    found = results(capsys, words, "--like", "microgpt", "--steps", "3")
    lines = words.read_text().split()
    assert found["losses"] == pytest.approx(losses(lines, 3, 3), abs=1e-9)
    assert found["held_out"] is None


# ---- Files ----


def test_a_model_writes_as_it_did_after_its_training(capsys, words, tmp_path):
    path = tmp_path / "words.safetensors"
    found = results(capsys, words, *SMALL, "-o", path)
    assert results(capsys, path)["samples"] == found["samples"]
    code, out, _ = said(capsys, path, "--prompt", "ba", "--samples", "4", "--top-k", "3")
    assert code == 0 and len(out.splitlines()) == 4
    assert all(line.startswith("ba") for line in out.splitlines())
    model = load(path)
    assert isinstance(model.network, LanguageModel) and model.classes == list("abdegilnoru")


def test_the_same_training_makes_the_same_file(capsys, words, tmp_path):
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    for path in (one, other):
        results(capsys, words, *SMALL, "-o", path)
    assert one.read_bytes() == other.read_bytes()


def test_resumed_is_as_if_it_had_never_stopped(capsys, words, tmp_path, monkeypatch):
    whole = results(capsys, words, *SMALL, "-o", tmp_path / "whole.safetensors")
    checkpoint = tmp_path / "checkpoint"
    after_batch, calls = command.Losses.after_batch, []

    def interrupted(self, run):
        calls.append(after_batch(self, run))
        if len(calls) == 7:
            raise KeyboardInterrupt

    monkeypatch.setattr(command.Losses, "after_batch", interrupted)
    code, out, err = said(capsys, words, *SMALL, "--checkpoint", checkpoint)
    assert code == 130 and "interrupted" in out and f"--resume {checkpoint}" in err
    monkeypatch.undo()
    again = results(capsys, words, *SMALL, "--resume", checkpoint,
                    "-o", tmp_path / "again.safetensors")
    assert again["losses"] == whole["losses"] and again["samples"] == whole["samples"]
    assert again == timeless(whole)
    one, other = (load_model(tmp_path / f"{name}.safetensors") for name in ("whole", "again"))
    assert [p.value for p in one.network.parameters()] == \
        [p.value for p in other.network.parameters()]


def test_a_checkpoint_of_another_text_is_refused(capsys, words, tmp_path):
    checkpoint = tmp_path / "checkpoint"
    results(capsys, words, *SMALL, "--checkpoint", checkpoint)
    words.write_text("another\ntext\n")
    code, _, err = said(capsys, words, *SMALL, "--resume", checkpoint)
    assert code == 2 and len(err.splitlines()) == 1
    assert f"{checkpoint} was begun with another text; what is in it must be the same" in err


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "kill") or os.name == "nt", reason="no signals on this system")
def test_ctrl_c_ends_with_what_there_is(words, tmp_path):
    path = tmp_path / "model.safetensors"
    process = subprocess.Popen(
        [sys.executable, "-m", "purenn", "gpt", str(words), *SMALL[2:], "--steps", "10000",
         "-o", str(path)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    assert "step" in process.stderr.readline()  # the first tenth of the steps is done
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert "interrupted" in out and "written at temperature" in out
    assert "Traceback" not in err
    assert load_model(path).provenance["ended"] == "interrupted"


@pytest.fixture
def interrupted(monkeypatch):
    """interrupted(7) lets Ctrl-C come in step 7, in the midst of the first epoch of 10 steps."""
    def after(steps):
        whole = command.Losses.after_batch

        def stop(self, run):
            if len(self.losses) + 1 == steps:
                monkeypatch.setattr(command.Losses, "after_batch", whole)
                raise KeyboardInterrupt
            whole(self, run)

        monkeypatch.setattr(command.Losses, "after_batch", stop)

    return after


@pytest.mark.slow
@pytest.mark.parametrize("step", [8, 10, 11])
def test_no_step_is_lost_when_an_epoch_is_broken_off(capsys, words, tmp_path, interrupted, step):
    path, model = tmp_path / "run.checkpoint", tmp_path / "model.safetensors"
    long = [*SMALL[2:], "--steps", "100"]
    straight = results(capsys, words, *long)
    interrupted(step)
    code, out, err = said(capsys, words, *long, "--checkpoint", path, "-o", model)
    assert code == 130
    assert f"numbers learned in {step - 1} steps, interrupted" in out
    assert f"interrupted after {step - 1} steps; to go on" in err
    assert load_model(model).provenance["steps done"] == step - 1
    resumed = results(capsys, words, *long, "--resume", path)
    assert resumed["losses"] == straight["losses"] and resumed["samples"] == straight["samples"]


@pytest.mark.slow
def test_ctrl_c_before_the_first_step_goes_on_from_the_beginning(
    capsys, words, tmp_path, interrupted
):
    path, straight = tmp_path / "run.checkpoint", results(capsys, words, *SMALL)
    interrupted(1)
    code, out, err = said(capsys, words, *SMALL, "--checkpoint", path)
    assert code == 130 and "numbers learned in 0 steps, interrupted" in out
    assert "interrupted after 0 steps; to go on" in err
    resumed = results(capsys, words, *SMALL, "--resume", path)
    assert resumed["losses"] == straight["losses"] and resumed["samples"] == straight["samples"]


def test_progress_counts_steps(capsys, words):
    _, _, err = said(capsys, words, *SMALL)
    assert "ms/step" in err and "epoch" not in err


def test_show_says_what_a_language_model_is(capsys, words, tmp_path):
    path = tmp_path / "words.safetensors"
    results(capsys, words, *SMALL, "-o", path)
    assert main(["show", str(path)]) == 0
    out = capsys.readouterr().out
    assert "a language model" in out and "CausalSelfAttention(8, 2)" in out
    assert "tokens: 'a', 'b', 'd'" in out and "context: 16 tokens" in out
    assert "steps done: 20" in out and f"gpt {path}" in out and "torch" not in out


# ---- What is said is so ----


def test_a_rate_that_is_far_too_large_still_writes_the_model(capsys, words, tmp_path):
    path = tmp_path / "lost.safetensors"
    lost = [words, "--width", "8", "--heads", "2", "--steps", "3", "--rate", "10000", "-o", path]
    code, out, err = said(capsys, *lost)
    assert code == 0, err
    assert "perplexity infinite" in out and "try a smaller --rate" in out
    assert load_model(path).provenance["held out"]["perplexity"] is None
    found = results(capsys, *lost)["held_out"]
    assert found["perplexity"] is None and found["loss_per_character"] > 700


def test_perplexity_stands_beside_a_guess_that_can_be_compared_with_it(capsys, words):
    """Both are per character: a blind guess among 30 tokens of two characters is one among √30."""
    _, out, _ = said(capsys, words, *SMALL)
    assert "(guessing: 12)" in out and "of 4 texts" not in out and "smaller --rate" not in out
    found = results(capsys, words, *SMALL, "--tokens", "30")["held_out"]
    assert 3 < found["guessing"] < 20
    _, out, _ = said(capsys, words, *SMALL, "--tokens", "30")
    assert f"(guessing: {round(found['guessing'], 1):g})" in out
    vocabulary = command.read_corpus(str(words), None, 30, None, command.Random(0))
    tokens = sum(len(text) - 1 for text in vocabulary.held_out)
    blind = math.log(len(vocabulary.vocabulary)) * tokens / found["characters"]
    assert math.log(found["guessing"]) == pytest.approx(blind)


def test_that_only_some_texts_are_measured_is_said(capsys, words, monkeypatch):
    monkeypatch.setattr(command, "MEASURED_TOKENS", 5)
    _, out, _ = said(capsys, words, *SMALL)
    assert "per character (on 2 of 4 texts), perplexity" in out


def test_the_loss_on_the_way_has_the_name_that_it_has_at_the_end(capsys, words, monkeypatch):
    _, out, err = said(capsys, words, *SMALL)
    assert "held-out loss " in err and "validation" not in err and "on a part" not in err
    monkeypatch.setattr(command, "WATCHED_TOKENS", 5)
    _, out, err = said(capsys, words, *SMALL, "--tokens", "30")
    assert "held-out loss per token (on a part) " in err and "held-out loss " in out


def test_texts_that_are_cut_are_counted(capsys, words):
    _, out, _ = said(capsys, words, *SMALL, "--context", "3")
    assert "45 of 45 texts are cut to 3 tokens" in out
    assert results(capsys, words, *SMALL, "--context", "3")["texts_cut"] == 45
    assert "are cut" not in said(capsys, words, *SMALL, "--context", "4")[1]
    words.write_text(words.read_text() * 3)  # of a held-out line the copies are not used
    _, out, _ = said(capsys, words, *SMALL, "--context", "3")
    assert "127 of 127 texts are cut to 3 tokens" in out


def test_microgpt_cuts_after_seventeen_tokens(capsys, tmp_path):
    path = tmp_path / "long.txt"
    path.write_text("abcdefghijklmno\nabcdefghijklmnop\nab\n")  # 15 letters and two edges fit
    _, out, _ = said(capsys, path, "--like", "microgpt", "--steps", "1", "--samples", "1")
    assert "1 of 3 texts are cut to 16 tokens" in out


def test_one_text_is_one_text(capsys, tmp_path):
    path = tmp_path / "one.txt"
    path.write_text("abab\n")
    assert "one.txt: 1 text, one in each line" in said(capsys, path, *SMALL)[1]
    assert "one.txt: 1 window of one text" in said(capsys, path, *SMALL, "--texts", "whole")[1]


def test_an_empty_sample_is_seen(capsys, words, tmp_path, monkeypatch):
    path = tmp_path / "words.safetensors"
    results(capsys, words, *SMALL, "-o", path)
    monkeypatch.setattr(command, "generate", lambda *arguments, **options: iter(()))
    assert said(capsys, path, "--samples", "2")[1] == "(empty)\n(empty)\n"
    assert "\n  (empty)\n" in said(capsys, words, *SMALL, "--samples", "2")[1]


def test_length_counts_what_comes_behind_the_prompt(capsys, words, tmp_path):
    path = tmp_path / "whole.safetensors"
    results(capsys, words, *SMALL, "--texts", "whole", "-o", path)
    asked = ["--length", "5", "--samples", "1"]
    [sample] = results(capsys, path, "--prompt", "bal", *asked)["samples"]
    assert sample.startswith("bal") and len(sample) == 8


def test_of_a_long_prompt_the_model_sees_the_edge_and_half_a_context(capsys, words, tmp_path):
    path = tmp_path / "words.safetensors"
    results(capsys, words, *SMALL, "-o", path)
    asked = ["--length", "3", "--samples", "5", "--temperature", "2"]
    one, other = (results(capsys, path, "--prompt", prompt, *asked)["samples"]
                  for prompt in ("bal" * 4 + "elonerab", "dir" * 5 + "elonerab"))
    assert [text[20:] for text in one] == [text[23:] for text in other]


def test_a_finished_training_has_nothing_left_to_do(capsys, words, tmp_path):
    checkpoint = tmp_path / "run.checkpoint"
    results(capsys, words, *SMALL, "--checkpoint", checkpoint)
    code, out, err = said(capsys, words, *SMALL, "--resume", checkpoint)
    assert code == 0 and "numbers learned in 20 steps" in out
    assert err == "step 20/20: nothing is left to do\n"


# ---- What a user can do wrong ----


def test_another_training_is_told_what_to_give(capsys, words, tmp_path):
    checkpoint = tmp_path / "run.checkpoint"
    results(capsys, words, *SMALL, "--context", "5", "--checkpoint", checkpoint)
    for options, message in (
            (SMALL, "was begun with --context 5: give the same"),
            ([*SMALL[2:], "--context", "5"], "was begun with --steps 20: give the same"),
            ([*SMALL, "--context", "5", "--tokens", "20"], "was begun without --tokens: give the"),
    ):
        code, out, err = said(capsys, words, *options, "--resume", checkpoint)
        assert (code, out) == (2, "") and len(err.splitlines()) == 1
        assert f"--resume: {checkpoint} {message}" in err
    other = tmp_path / "other.txt"
    other.write_text(words.read_text())
    code, _, err = said(capsys, other, *SMALL, "--context", "5", "--resume", checkpoint)
    assert code == 2 and f"was begun with the text {words}: give the same" in err


def test_a_model_is_no_checkpoint_and_a_checkpoint_no_model(capsys, words, tmp_path):
    checkpoint, model = tmp_path / "run.checkpoint", tmp_path / "words.safetensors"
    results(capsys, words, *SMALL, "--checkpoint", checkpoint, "-o", model)
    code, out, err = said(capsys, words, *SMALL, "--resume", model)
    assert (code, out) == (2, "") and "is a model" in err and err.endswith(f"gpt {model}\n")
    for options in ([], ["--steps", "40"]):
        code, out, err = said(capsys, checkpoint, *options)
        assert (code, out) == (1, "") and "purenn gpt TEXT, and --resume PATH" in err
    broken = tmp_path / "broken"
    broken.write_bytes(checkpoint.read_bytes()[:-9])
    code, _, err = said(capsys, words, *SMALL, "--resume", broken)
    assert code == 1 and str(broken) in err and "is a model" not in err


@pytest.mark.parametrize("content, message", [
    (b"", "there is no text in it"),
    (b" \n\n", "there is no text in it"),
    (b"caf\xe9", "byte 3 is not UTF-8"),
    (b"a\0b", "zero bytes"),
])
def test_files_that_are_no_text_are_refused(capsys, tmp_path, content, message):
    path = tmp_path / "text"
    path.write_bytes(content)
    code, out, err = said(capsys, path, *SMALL)
    assert code == 1 and out == "" and message in err and len(err.splitlines()) == 1


@pytest.mark.parametrize("options, code, message", [
    (["nowhere.txt"], 1, "no such file"),
    (["nmaes"], 2, "did you mean names?"),
    (["names", "--heads", "3"], 2, "3 heads cannot share a width of 16"),
    (["names", "--like", "microgpt", "--width", "32"], 2, "--width: --like microgpt decides that"),
    (["names", "--prompt", "ma"], 2, "gpt names -o MODEL"),
    (["names", "--steps", "0"], 2, "--steps"),
    (["names", "-o", "/nowhere/model"], 1, "/nowhere"),
    (["names", "--resume", "nowhere"], 1, "no such file"),
    (["names", "--tokens", "5"], 2, "names has 26 characters, and the edge is a token; give 27 or"),
])
def test_wrong_usage_is_one_line(capsys, options, code, message):
    got, out, err = said(capsys, *options)
    assert (got, out) == (code, "") and message in err and len(err.splitlines()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("options, code, message", [
    (["--steps", "5"], 2, "--steps: {} is a trained model, which only writes"),
    (["--prompt", "xyz"], 1, "the character 'x' is not in the vocabulary"),
    (["--prompt", "bal" * 6], 1, "context of 16; make it shorter, or say --length N: then the "
                                 "model sees the edge and the last 8 tokens"),
])
def test_what_a_model_cannot_do_is_said(capsys, words, tmp_path, options, code, message):
    path = tmp_path / "words.safetensors"
    results(capsys, words, *SMALL, "-o", path)
    got, out, err = said(capsys, path, *options)
    assert (got, out) == (code, "") and message.format(path) in err


@pytest.mark.slow
def test_other_models_are_told_apart(capsys, tmp_path):
    path = tmp_path / "xor.safetensors"
    assert main(["train", "xor", "--epochs", "1", "-o", str(path), "--quiet"]) == 0
    capsys.readouterr()
    code, _, err = said(capsys, path)
    assert code == 1 and "holds a classifier, no language model" in err
    model = tmp_path / "words.safetensors"
    results(capsys, "names", *SMALL, "-o", model)
    for words in (["predict", str(model), "iris"], ["evaluate", str(model), "iris"]):
        assert main(words) == 2
        assert f"gpt {model}" in capsys.readouterr().err
