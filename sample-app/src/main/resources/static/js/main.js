import { AnswerView, add, copyButton, newAnswer, receive, textOf, verdict } from "./answer.js";
import { ask } from "./events.js";
import { showModel } from "./model.js";
import { bindSettings, options } from "./settings.js";
import { Speech } from "./speech.js";
import { allChats, deleteChat, findChat, isDeleted, newChat, newId, onOtherTab, saveChat } from "./store.js";

// what is asked and said before it fits into chat.max-body
const HISTORY = 8, MOST_BYTES = 200_000;
const WORDS = {
  413: "This is too long for the model. Shorten it, or begin a new chat.",
  503: "The application is busy or stopping. Try again in a moment.",
  504: "The answer took too long. Ask for less, or try again later.",
};
const byId = (id) => document.getElementById(id);
const log = byId("log"), scroller = byId("scroller"), message = byId("message");
const speech = new Speech(byId("spoken"));
let chat = findChat(location.hash.slice(1)) || newChat();
let running = null;
let editing = -1;
let draft = ""; // what stood in the line before an edit
let asked = null;
let leaving = false;

function followEnd(update) {
  const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
  update();
  if (atEnd) scroller.scrollTop = scroller.scrollHeight;
}

const bytesOf = (value) => new TextEncoder().encode(JSON.stringify(value)).length;

/** Returns what the model shall know of the exchanges before one, beside what is asked. */
function historyBefore(index, asked) {
  const history = [];
  let bytes = bytesOf(asked);
  for (let i = index - 1; i >= 0 && history.length < HISTORY; i--) {
    const { question, answers } = chat.exchanges[i];
    const answer = textOf(answers[0]);
    bytes += bytesOf({ question, answer });
    if (bytes > MOST_BYTES) break;
    if (answer.trim()) history.unshift({ question, answer });
  }
  return history;
}

/** Asks for one answer and shows it as it comes. */
async function stream(question, answer, view) {
  let due = false;
  const show = () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      if (answer.state === "running") followEnd(() => view.update());
    });
  };
  try {
    const id = await ask(question, running.signal, (event, data) => {
      receive(answer, event, data);
      if (answer.drafting && event === "token") speech.hear(textOf(answer), false);
      show();
    });
    if (answer.drafting) chat.conversationId = id || chat.conversationId;
  }
  catch (problem) {
    const stopped = problem.name === "AbortError";
    Object.assign(answer, stopped ? { state: "stopped" } : leaving ? { state: "broken" } : { state: "failed", problem });
  }
}

async function send(text, compared, index = editing >= 0 ? editing : chat.exchanges.length) {
  // a setting that is out of range is shown, not left out
  if (running || !byId("form").reportValidity()) return;
  // another tab may have deleted it while this one was not told, as a page in the back is not
  if (isDeleted(chat)) {
    openChat(newChat());
    index = 0;
  }
  stopEditing();
  chat.exchanges.length = index;
  chat.title = chat.exchanges.length ? chat.title : text.slice(0, 60);
  const chosen = options();
  // the application may sample where nothing is chosen; both answers take the same noise
  if (compared && chosen.seed === undefined) chosen.seed = Math.floor(Math.random() * 2 ** 31);
  const exchange = { id: newId(), question: text, answers: [newAnswer(true)] };
  if (compared) exchange.answers.push(newAnswer(false));
  chat.exchanges.push(exchange);
  asked = exchange;
  leaving = false;
  running = new AbortController();
  keepChat(); // the question outlasts a page that is left before the answer
  showChat();
  scroller.scrollTop = scroller.scrollHeight;
  const views = log.lastElementChild.views;
  speech.begin();
  const question = { message: text, conversationId: chat.conversationId,
    history: historyBefore(chat.exchanges.indexOf(exchange), { text, chosen }) };
  // one after the other, so that neither takes the other's time
  for (const [i, answer] of exchange.answers.entries()) {
    if (running.signal.aborted || exchange.answers[0].state === "failed") {
      answer.state = answer.state === "running" ? "stopped" : answer.state;
      continue;
    }
    views[i].started = performance.now();
    await stream(answer.drafting ? { ...question, options: chosen }
        : { ...question, remember: false, options: { ...chosen, drafting: false } }, answer, views[i]);
    followEnd(() => views[i].update());
  }
  speech.hear(textOf(exchange.answers[0]), true);
  running = null;
  if (isDeleted(chat)) {
    openChat(newChat());
    return;
  }
  keepChat();
  followEnd(showChat);
  message.focus();
}

function keepChat() {
  saveChat(chat, asked);
  history.replaceState(null, "", "#" + chat.id);
}

function showExchange(exchange, index) {
  const section = add(log, "section", "exchange");
  add(section, "div", "question", exchange.question);
  const compared = exchange.answers.length > 1;
  const columns = add(section, "div", compared ? "answers compared" : "answers");
  section.views = exchange.answers.map((answer) =>
      new AnswerView(columns, answer, compared ? (answer.drafting ? "With drafting" : "Without drafting") : ""));
  if (exchange.answers.some((answer) => answer.state === "running")) return;
  if (exchange.answers.every((answer) => answer.stats) && compared) {
    add(section, "p", "verdict", verdict(...exchange.answers));
  }
  exchange.answers.filter((answer) => answer.problem).forEach(({ problem }) => showProblem(section, problem));
  const actions = add(section, "div", "actions");
  if (textOf(exchange.answers[0])) actions.append(copyButton("Copy", () => textOf(exchange.answers[0])));
  const action = (name, act) => {
    const button = add(actions, "button", name.toLowerCase(), name);
    button.type = "button";
    button.addEventListener("click", act);
  };
  action("Edit", () => edit(index));
  if (index === chat.exchanges.length - 1) {
    action("Retry", () => send(exchange.question, exchange.answers.length > 1, index));
  }
}

/** Tells a reader what to do, and whoever runs the application what it says. */
function showProblem(section, problem) {
  const box = add(section, "div", "problem");
  box.setAttribute("role", "alert");
  const own = problem.detail || problem.title || "The request failed";
  add(box, "div", "", WORDS[problem.status] || own);
  if (WORDS[problem.status]) {
    const details = add(box, "details");
    add(details, "summary", "", "What the application says");
    add(details, "div", "", own);
  }
}

function showChat() {
  byId("welcome").hidden = chat.exchanges.length > 0;
  log.replaceChildren();
  chat.exchanges.forEach(showExchange);
  byId("send").hidden = running !== null;
  byId("stop").hidden = running === null;
  showList();
}

function showList() {
  const list = byId("chat-list");
  list.replaceChildren();
  for (const each of allChats()) {
    const item = add(list, "li");
    const open = add(item, "button", "open", each.title);
    open.type = "button";
    if (each.id === chat.id) open.setAttribute("aria-current", "true");
    open.addEventListener("click", () => openChat(each));
    const remove = add(item, "button", "delete", "×");
    remove.type = "button";
    remove.setAttribute("aria-label", "Delete " + each.title);
    remove.addEventListener("click", () => {
      deleteChat(each);
      if (each.id !== chat.id) showList();
      else leaveDeleted();
    });
  }
}

function leaveDeleted() {
  showList();
  if (running) running.abort(); // the answer ends first
  else openChat(newChat());
}

function openChat(other) {
  if (running) return;
  stopEditing();
  chat = other;
  history.replaceState(null, "", findChat(chat.id) ? "#" + chat.id : location.pathname);
  toggleMenu(false);
  showChat();
  scroller.scrollTop = scroller.scrollHeight;
  message.focus();
}

function edit(index) {
  if (running) return;
  if (editing < 0) draft = message.value;
  editing = index;
  byId("editing").hidden = false;
  message.value = chat.exchanges[index].question;
  fitMessage();
  message.focus();
}

function stopEditing() {
  if (editing < 0) return;
  editing = -1;
  byId("editing").hidden = true;
  message.value = draft;
  fitMessage();
}

function fitMessage() {
  message.style.height = "auto";
  message.style.height = message.value ? message.scrollHeight + 2 + "px" : "";
}

function toggleMenu(open) {
  byId("menu").setAttribute("aria-expanded", String(open));
  document.body.classList.toggle("menu", open);
}

byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = message.value.trim();
  if (!text || running) return;
  if (editing < 0) message.value = "";
  fitMessage();
  send(text, byId("compare").checked);
});
message.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    byId("form").requestSubmit();
  }
  if (event.key === "ArrowUp" && !message.value && chat.exchanges.length) {
    event.preventDefault();
    edit(chat.exchanges.length - 1);
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    if (running) running.abort();
    else if (editing >= 0) byId("keep").click();
    else closeSheets();
  }
  if (event.key.toLowerCase() === "o" && event.ctrlKey && event.shiftKey) {
    event.preventDefault();
    openChat(newChat());
  }
});

function closeSheets() {
  document.querySelectorAll("header details, #settings").forEach((sheet) => sheet.open = false);
  toggleMenu(false);
}

// browsers end what a page asks before they hide it
addEventListener("beforeunload", () => leaving = true);
addEventListener("pagehide", () => running && saveChat(chat, asked));
onOtherTab(() => {
  if (isDeleted(chat)) {
    leaveDeleted();
    return;
  }
  const saved = findChat(chat.id);
  if (running || editing >= 0 || !saved || JSON.stringify(saved) === JSON.stringify(chat)) showList();
  else {
    chat = saved;
    followEnd(showChat);
  }
});
message.addEventListener("input", fitMessage);
byId("keep").addEventListener("click", stopEditing);
byId("stop").addEventListener("click", () => running && running.abort());
byId("new").addEventListener("click", () => openChat(newChat()));
byId("menu").addEventListener("click", () => toggleMenu(!document.body.classList.contains("menu")));
byId("colours").addEventListener("change", (event) => log.classList.toggle("plain", !event.target.checked));
bindSettings();
showChat();
showModel().then(({ examples }) => examples.forEach((question) => {
  const button = add(byId("examples"), "button", "", question);
  button.type = "button";
  button.addEventListener("click", () => send(question, byId("compare").checked));
})).catch(() => byId("engine").textContent = "The application can not be reached");
