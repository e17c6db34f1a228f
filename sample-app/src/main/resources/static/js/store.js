const CHATS = "cerberus-chats", SETTINGS = "cerberus-settings";
const MOST_CHATS = 50;

function read(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key)) || otherwise;
  }
  catch {
    return otherwise;
  }
}

/** The exchanges that a chat had when it was read or saved here, by which another tab's doings are told. */
const known = new WeakMap();

const idsOf = (chat) => new Set(chat.exchanges.map(({ id }) => id));

let chats = readChats([]);

/** What another page is or was answering is not running in this one. */
function readChats(otherwise) {
  const all = read(CHATS, otherwise);
  if (all === otherwise) return all;
  for (const chat of all) {
    chat.exchanges.forEach((exchange, i) => {
      exchange.id ??= "of-old-" + i;
      for (const answer of exchange.answers) {
        if (answer.state === "running") answer.state = "broken";
      }
    });
    known.set(chat, idsOf(chat));
  }
  return all;
}

/** Returns the chats, the latest first. */
export const allChats = () => chats;

export const findChat = (id) => chats.find((chat) => chat.id === id);

export const newId = () => crypto.randomUUID ? crypto.randomUUID() : Date.now() + "-" + Math.random();

export const newChat = () => ({ id: newId(), title: "", exchanges: [] });

/**
 * Puts a chat in front and writes all to the browser's storage, without the oldest if there is no room.
 * Of the chat too another tab may have written since: what it added and removed is taken over, but for
 * the exchange that is asked here.
 */
export function saveChat(chat, asked) {
  chats = readChats(chats);
  const saved = chats.find((each) => each.id === chat.id && each !== chat);
  if (saved) {
    const before = known.get(chat) || new Set(), here = idsOf(chat), there = idsOf(saved);
    chat.exchanges = [
      ...saved.exchanges.filter(({ id }) => here.has(id) || !before.has(id))
        .map((each) => each.id === asked.id ? asked : each),
      ...chat.exchanges.filter((each) => !there.has(each.id) && (each === asked || !before.has(each.id))),
    ];
  }
  known.set(chat, idsOf(chat));
  chats = [chat, ...chats.filter((each) => each.id !== chat.id)].slice(0, MOST_CHATS);
  write();
}

export function deleteChat(chat) {
  chats = readChats(chats).filter((each) => each.id !== chat.id);
  write();
}

/** Tells when another tab has written. */
export function onOtherTab(changed) {
  addEventListener("storage", ({ key }) => {
    if (key !== CHATS) return;
    chats = readChats(chats);
    changed();
  });
}

function write() {
  for (let count = chats.length; count >= 0; count--) {
    try {
      localStorage.setItem(CHATS, JSON.stringify(chats.slice(0, count)));
      return;
    }
    catch (full) {
      if (full.name !== "QuotaExceededError") return; // no storage: the chats last as long as the page
    }
  }
}

export const loadSettings = () => read(SETTINGS, {});

export function saveSettings(settings) {
  try {
    localStorage.setItem(SETTINGS, JSON.stringify(settings));
  }
  catch {
    // no storage: the settings last as long as the page
  }
}
