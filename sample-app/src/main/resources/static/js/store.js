const CHATS = "cerberus-chats", DELETED = "cerberus-deleted", SETTINGS = "cerberus-settings";
const MOST_CHATS = 50, MOST_DELETED = 200;

function read(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key)) || otherwise;
  }
  catch {
    return otherwise;
  }
}

/** The ids of chats that were deleted here, whether the browser has storage or not. */
let deletedHere = [];

/** Tells whether a chat was deleted, here or in another tab: one that is still open there is not saved again. */
export const isDeleted = (chat) => deletedHere.includes(chat.id) || read(DELETED, []).includes(chat.id);

/** The exchanges that a chat had when it was read or saved here, by which another tab's doings are told. */
const known = new WeakMap();

const idsOf = (chat) => new Set(chat.exchanges.map(({ id }) => id));

let chats = readChats([]);

/** Chats that the storage has no room for, as they are here: what it may have of them is older. */
let unstored = [];

/** What another page is or was answering is not running in this one. */
function readChats(otherwise) {
  const kept = read(CHATS, otherwise);
  if (kept === otherwise) return kept;
  const all = kept.filter((chat) => !isDeleted(chat));
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

/** Returns the chats, the latest first, before them those that are not stored. */
export const allChats = () => [...unstored, ...chats.filter(({ id }) => !unstored.some((each) => each.id === id))];

export const findChat = (id) => allChats().find((chat) => chat.id === id);

export const newId = () => crypto.randomUUID ? crypto.randomUUID() : Date.now() + "-" + Math.random();

export const newChat = () => ({ id: newId(), title: "", exchanges: [] });

/**
 * Puts a chat in front and writes all to the browser's storage, without the oldest if there is no room,
 * and where there is none for this one alone, leaves what is there and keeps the chat for as long as the page
 * lasts. A deleted chat stays so.
 * Of the chat too another tab may have written since: what it added and removed is taken over, but for
 * the exchange that is asked here.
 */
export function saveChat(chat, asked) {
  if (isDeleted(chat)) return;
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
  chats = [chat, ...chats.filter((each) => each.id !== chat.id)].slice(0, MOST_CHATS);
  // what is not in the storage was not removed there by another tab
  unstored = unstored.filter((each) => each.id !== chat.id);
  if (write()) known.set(chat, idsOf(chat));
  else unstored = [chat, ...unstored].slice(0, MOST_CHATS);
}

export function deleteChat(chat) {
  deletedHere = [chat.id, ...deletedHere];
  chats = readChats(chats).filter((each) => each.id !== chat.id);
  unstored = unstored.filter((each) => each.id !== chat.id);
  write();
  try {
    localStorage.setItem(DELETED, JSON.stringify([chat.id, ...read(DELETED, [])].slice(0, MOST_DELETED)));
  }
  catch {
    // no storage, and so no other tabs that show the chat
  }
}

/** Tells when another tab has written. */
export function onOtherTab(changed) {
  addEventListener("storage", ({ key }) => {
    if (key !== CHATS && key !== DELETED) return;
    chats = readChats(chats);
    unstored = unstored.filter((each) => !isDeleted(each));
    changed();
  });
}

/** Returns whether the first chat was written. */
function write() {
  for (let count = chats.length; count >= Math.min(1, chats.length); count--) {
    try {
      localStorage.setItem(CHATS, JSON.stringify(chats.slice(0, count)));
      return true;
    }
    catch (full) {
      // as Firefox calls it: NS_ERROR_DOM_QUOTA_REACHED
      if (!/quota/i.test(full.name)) return false; // no storage: the chats last as long as the page
    }
  }
  return false;
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
