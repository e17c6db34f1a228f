import { markPieces, render } from "./markdown.js";

const HOTTEST = 6;
const ENDS = {
  stopped: "Stopped",
  broken: "Broken off with the page, unless another tab is still answering",
};

export function add(parent, tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}

export const newAnswer = (drafting) => ({ drafting, pieces: [], steps: [], state: "running" });

export const textOf = (answer) => answer.pieces.map((piece) => piece.text).join("");

/** Puts an event of the stream into an answer. */
export function receive(answer, event, data) {
  if (event === "token") answer.pieces.push({ text: data.text, draft: data.origin === "draft", gain: 0 });
  if (event === "step") {
    answer.steps.push([data.nodes, data.accepted, Math.round(data.expected * 100) / 100]);
    for (let i = answer.pieces.length - 1; i >= 1 && answer.pieces[i].gain === 0; i--) {
      answer.pieces[i].gain = data.accepted + 1;
    }
  }
  if (event === "done") Object.assign(answer, { stats: data, state: "done" });
  if (event === "error") Object.assign(answer, { problem: data, state: "failed" });
}

function classOf(piece) {
  return piece.draft ? "draft gain-" + Math.min(HOTTEST, Math.max(2, piece.gain)) : "target";
}

const count = (number, noun) => number + " " + noun + (number === 1 ? "" : "s");

export const decodeSeconds = (stats) => stats.tokensPerSecond > 0 ? stats.outputTokens / stats.tokensPerSecond : 0;

function inWords(stats) {
  const speed = count(stats.outputTokens, "token") + " in " + decodeSeconds(stats).toFixed(2) + " s, "
      + stats.tokensPerSecond.toFixed(1) + " tokens/s";
  const steps = stats.acceptanceLength.toFixed(2) + " tokens per step; "
      + count(stats.draftSteps, "step") + " drafted, " + stats.skippedSteps + " skipped";
  const cut = stats.finishReason === "length" ? " Cut at the most tokens allowed." : "";
  return speed + "; " + steps + "." + cut;
}

/** Tells what two answers to one question show, in words. */
export function verdict(drafted, plain) {
  const fast = decodeSeconds(drafted.stats), slow = decodeSeconds(plain.stats);
  const ratio = drafted.stats.tokensPerSecond / plain.stats.tokensPerSecond;
  const times = fast.toFixed(2) + " s with drafting, " + slow.toFixed(2) + " s without";
  const speed = ratio >= 1.05 ? "With drafting " + ratio.toFixed(1) + " times as fast: " + times
      : ratio > 0.95 ? "As fast with drafting as without: " + times
      : "Slower with drafting here: " + times;
  return speed + ". " + (textOf(drafted) === textOf(plain) ? "The texts are the same, character by character."
      : "The texts differ.");
}

/** One answer on the page. */
export class AnswerView {

  constructor(parent, answer, title) {
    this.answer = answer;
    this.started = performance.now();
    this.article = add(parent, "article", "answer");
    if (title) add(this.article, "h2", "", title);
    this.text = add(this.article, "div", "text");
    this.strip = add(this.article, "div", "strip");
    this.strip.setAttribute("role", "img");
    this.summary = add(this.article, "p", "summary");
    this.shown = 0;
    this.update();
  }

  /** Shows what the answer has become. */
  update() {
    const running = this.answer.state === "running";
    this.text.classList.toggle("waiting", running);
    this.text.replaceChildren(render(textOf(this.answer)));
    markPieces(this.text, this.answer.pieces, classOf);
    this.showSteps();
    if (running) {
      const seconds = (performance.now() - this.started) / 1000;
      this.summary.textContent = this.answer.pieces.length
          ? count(this.answer.pieces.length, "token") + ", " + (this.answer.pieces.length / seconds).toFixed(0)
            + " tokens/s so far"
          : "Reading the prompt";
      return;
    }
    this.showEnd();
  }

  showSteps() {
    const { steps } = this.answer;
    for (; this.shown < steps.length; this.shown++) {
      const [nodes, accepted, expected] = steps[this.shown];
      const bar = add(this.strip, "i", nodes ? "drafted gain-" + Math.min(HOTTEST, accepted + 1) : "skipped");
      bar.style.height = 4 + Math.min(accepted, 12) * 2 + "px";
      bar.title = "Step " + (this.shown + 1) + ": " + (nodes ? nodes + " drafted, " + accepted + " accepted, " + expected
          + " expected" : "the gate skipped drafting");
    }
    const drafted = steps.filter(([nodes]) => nodes).length;
    this.strip.setAttribute("aria-label", "Gate decisions: " + count(drafted, "step") + " drafted, "
        + (steps.length - drafted) + " skipped");
    this.strip.hidden = steps.length === 0;
  }

  showEnd() {
    const { stats, state } = this.answer;
    this.summary.classList.add("final");
    this.text.hidden = this.answer.pieces.length === 0;
    this.summary.textContent = stats ? inWords(stats) : ENDS[state] || "Not complete";
    this.text.querySelectorAll("pre").forEach((block) => {
      const frame = document.createElement("div");
      frame.className = "code";
      block.tabIndex = 0;
      block.replaceWith(frame);
      frame.append(copyButton("Copy code", () => block.textContent), block);
    });
    if (stats) this.showFigures(stats);
  }

  showFigures(stats) {
    const details = add(this.article, "details", "figures");
    add(details, "summary", "", "Figures");
    const list = add(details, "dl", "stats");
    const entry = (name, value) => {
      const pair = add(list, "div");
      add(pair, "dt", "", name);
      add(pair, "dd", "", value);
    };
    entry("Acceptance length", stats.acceptanceLength.toFixed(2));
    entry("Tokens/s", stats.tokensPerSecond.toFixed(1));
    entry("Tokens", stats.outputTokens);
    entry("Prompt tokens", stats.promptTokens);
    entry("Steps", stats.steps);
    entry("Skipped", stats.skippedSteps);
    entry("Drafts kept", stats.acceptedDraftTokens + " of " + stats.draftedTokens);
    entry("First token", stats.timeToFirstTokenMillis + " ms");
  }

}

export function copyButton(name, text) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = name;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text());
      button.textContent = "Copied";
    }
    catch {
      button.textContent = "The browser does not allow it";
    }
    setTimeout(() => button.textContent = name, 1500);
  });
  return button;
}
