"use strict";
const byId = (id) => document.getElementById(id);
const log = byId("log"), scroller = byId("scroller"), message = byId("message");
let conversationId;
let running = null;

function add(parent, tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}

function followEnd(update) {
  const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
  update();
  if (atEnd) scroller.scrollTop = scroller.scrollHeight;
}

/** Calls back with every server-sent event of a response. */
async function readEvents(response, onEvent) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    buffer += value;
    let end;
    while ((end = buffer.indexOf("\n\n")) >= 0) {
      let event = "message", data = [];
      for (const line of buffer.slice(0, end).split("\n")) {
        if (line.startsWith("event:")) event = line.slice(6).trim();
        if (line.startsWith("data:")) data.push(line.slice(5));
      }
      buffer = buffer.slice(end + 2);
      if (data.length) onEvent(event, JSON.parse(data.join("\n")));
    }
  }
}

function showStats(answer, stats) {
  const list = add(answer, "dl", "stats");
  const entry = (name, value, title) => {
    const pair = add(list, "div");
    pair.title = title;
    add(pair, "dt", "", name);
    add(pair, "dd", "", value);
  };
  entry("Acceptance length", stats.acceptanceLength.toFixed(2), "Tokens gained per step; 1 without drafting");
  entry("Tokens/s", stats.tokensPerSecond.toFixed(1), "Output tokens per second of decoding");
  entry("Tokens", stats.outputTokens, "Tokens of the answer");
  entry("Steps", stats.steps, "Forwards of the model after the prompt's");
  entry("Skipped", stats.skippedSteps, "Steps in which the gate skipped drafting");
  entry("Drafts kept", stats.acceptedDraftTokens + " of " + stats.draftedTokens, "Draft tokens accepted of those verified");
  entry("First token", stats.timeToFirstTokenMillis + " ms", "Time from the request to the first token");
}

function showProblem(problem) {
  add(log, "div", "problem", problem.detail || problem.title || "The request failed").setAttribute("role", "alert");
}

async function ask(question) {
  byId("welcome").hidden = true;
  add(log, "div", "question", question);
  const answer = add(log, "article", "answer");
  const text = add(answer, "div", "text waiting");
  scroller.scrollTop = scroller.scrollHeight;
  running = new AbortController();
  byId("send").hidden = true;
  byId("stop").hidden = false;
  try {
    const response = await fetch("chat/stream", {
      method: "POST", signal: running.signal, body: JSON.stringify({ message: question, conversationId }),
      headers: { "Content-Type": "application/json", Accept: "text/event-stream, application/problem+json" },
    });
    if (!response.ok) throw await response.json().catch(() => ({ title: "The request failed with status " + response.status }));
    conversationId = response.headers.get("Conversation-Id") || conversationId;
    let ended = false;
    await readEvents(response, (event, data) => followEnd(() => {
      if (event === "token") add(text, "span", data.origin, data.text);
      if (event === "done") { ended = true; showStats(answer, data); }
      if (event === "error") { ended = true; showProblem(data); }
    }));
    if (!ended) throw { title: "The connection was lost before the answer was complete" };
  }
  catch (problem) {
    followEnd(() => {
      if (problem.name === "AbortError") add(answer, "dl", "stats", "Stopped");
      else showProblem(problem instanceof Error ? { title: "The application can not be reached" } : problem);
    });
  }
  finally {
    text.classList.remove("waiting");
    if (!text.textContent && !answer.querySelector(".stats")) answer.remove();
    running = null;
    byId("stop").hidden = true;
    byId("send").hidden = false;
    scroller.scrollTop = scroller.scrollHeight;
    message.focus();
  }
}

byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const question = message.value.trim();
  if (!question || running) return;
  message.value = "";
  message.style.height = "";
  ask(question);
});
message.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    byId("form").requestSubmit();
  }
});
message.addEventListener("input", () => {
  message.style.height = "auto";
  message.style.height = message.scrollHeight + 2 + "px";
});
byId("stop").addEventListener("click", () => running && running.abort());
byId("colours").addEventListener("change", (event) => log.classList.toggle("plain", !event.target.checked));
byId("examples").addEventListener("click", (event) => {
  if (event.target.tagName === "BUTTON" && !running) ask(event.target.textContent);
});

fetch("actuator/cerberus").then((response) => response.ok ? response.json() : null).then((state) => {
  if (!state) return;
  const heads = state.heads ? state.heads.count + " heads" : "no heads";
  byId("engine").textContent = [state.model.name, state.device, state.precision, heads, "gate " + state.gate.mode].join(" · ");
}).catch(() => {});
