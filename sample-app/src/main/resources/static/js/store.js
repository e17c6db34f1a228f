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

let chats = read(CHATS, []);

/** Returns the chats, the latest first. */
export const allChats = () => chats;

export const findChat = (id) => chats.find((chat) => chat.id === id);

export function newChat() {
  return { id: crypto.randomUUID ? crypto.randomUUID() : String(Date.now()), title: "", exchanges: [] };
}

/** Puts a chat in front and writes all to the browser's storage, without the oldest if there is no room. */
export function saveChat(chat) {
  chats = read(CHATS, chats); // another tab may have written since
  chats = [chat, ...chats.filter((each) => each.id !== chat.id)].slice(0, MOST_CHATS);
  write();
}

export function deleteChat(chat) {
  chats = read(CHATS, chats).filter((each) => each.id !== chat.id);
  write();
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
