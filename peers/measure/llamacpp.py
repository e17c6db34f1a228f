"""llama.cpp in this process, by llama-cpp-python."""

from __future__ import annotations

import time
from pathlib import Path

import llama_cpp
from llama_cpp.llama_speculative import LlamaDraftModel, LlamaPromptLookupDecoding

from answer import Answer
from failure import Failure

GGML_LOG_LEVEL_ERROR = 4
TYPES = {"Q8_0": llama_cpp.LLAMA_FTYPE_MOSTLY_Q8_0, "F16": llama_cpp.LLAMA_FTYPE_MOSTLY_F16, "F32": llama_cpp.LLAMA_FTYPE_ALL_F32}
DRAFTING = ("Q8_0", "file")  # weights with which it drafts; F16 and F32 are there to compare answers, and plain speed

errors: list[str] = []


@llama_cpp.llama_log_callback
def keep_errors(level: int, text: bytes, _: object) -> None:
    """Takes what llama.cpp tells, which is a page for every file: only errors matter, as the reason of a failure."""
    if level == GGML_LOG_LEVEL_ERROR:
        errors.append(text.decode(errors="replace").strip())


llama_cpp.llama_log_set(keep_errors, None)


def reason() -> str:
    return "; ".join(errors[-2:]) or "it gave no reason"


def weights(kind: str, model: Path, work: Path) -> Path:
    """Returns a file with the wanted weights: the model's own, or one that llama.cpp's quantizer makes of it, once."""
    if kind == "file":
        return model
    state = model.stat()
    made = work / "weights" / f"{model.stem}-{state.st_size}-{state.st_mtime_ns}.{kind}.gguf"
    if not made.is_file():
        made.parent.mkdir(parents=True, exist_ok=True)
        unfinished = made.with_suffix(".unfinished")
        parameters = llama_cpp.llama_model_quantize_default_params()
        parameters.ftype = TYPES[kind]
        parameters.allow_requantize = True
        code = llama_cpp.llama_model_quantize(str(model).encode(), str(unfinished).encode(), parameters)
        if code != 0:
            unfinished.unlink(missing_ok=True)
            raise Failure(f"llama.cpp could not make {kind} of {model} (code {code}: {reason()}); is there room in {made.parent}?")
        unfinished.rename(made)
    return made


class Counted(LlamaDraftModel):
    """Prompt lookup that counts how often it is asked: once before every forward after the prompt's."""

    def __init__(self, tokens: int):
        self._lookup = LlamaPromptLookupDecoding(num_pred_tokens=tokens)
        self.steps = 0

    def __call__(self, input_ids, /, **kwargs):
        self.steps += 1
        return self._lookup(input_ids, **kwargs)


class LlamaCpp:
    """
    One file of weights, with a context for plain decoding and one for prompt lookup, which keeps scores of all tokens.
    """

    def __init__(self, file: Path, context: int, fused_attention: bool, lookup: bool):
        self._plain = self._load(file, context, fused_attention, None)
        self._drafting = self._load(file, context, fused_attention, Counted(1)) if lookup else None

    @staticmethod
    def _load(file: Path, context: int, fused_attention: bool, draft: Counted | None) -> llama_cpp.Llama:
        try:
            return llama_cpp.Llama(
                str(file), n_ctx=context, n_gpu_layers=0, flash_attn=fused_attention, draft_model=draft, verbose=False,
                logits_all=draft is not None,  # implied by drafts, but then there is no room for prompts longer than a batch
            )
        except ValueError as ex:
            raise Failure(f"llama.cpp can not load {file}: {reason()}") from ex

    def answer(self, ids: tuple[int, ...], drafts: int, threads: int, max_tokens: int) -> Answer:
        """drafts: tokens that prompt lookup proposes, 0 for plain decoding"""
        llama = self._drafting if drafts else self._plain
        counted = Counted(drafts) if drafts else None
        llama.draft_model = counted
        llama_cpp.llama_set_n_threads(llama.ctx, threads, threads)
        llama.reset()  # or else the prompt would not be read again
        llama_cpp.llama_perf_context_reset(llama.ctx)
        vocabulary = llama_cpp.llama_model_get_vocab(llama.model)
        tokens: list[int] = []
        ended = False
        begin = time.perf_counter()
        first = end = begin
        for token in llama.generate(list(ids), temp=0.0):
            end = time.perf_counter()
            if not tokens:
                first = end
            if llama_cpp.llama_vocab_is_eog(vocabulary, token):
                ended = True
                break
            tokens.append(token)
            if len(tokens) == max_tokens:
                break
        if not tokens:
            first = end
        steps = counted.steps if counted else max(0, len(tokens) + int(ended) - 1)
        own = None if drafts else llama_cpp.llama_perf_context(llama.ctx).t_eval_ms / 1000
        return Answer(tuple(tokens), ended, first - begin, end - first, own, steps)

    def cuts_alike(self, ids: tuple[int, ...]) -> bool:
        """Whether the file's own tokenizer in llama.cpp makes the same ids of the text that they stand for."""
        text = self._plain.detokenize(list(ids), special=True)
        return tuple(self._plain.tokenize(text, add_bos=False, special=True)) == tuple(ids)

    def close(self) -> None:
        self._plain.close()
        if self._drafting:
            self._drafting.close()
