import { loadSettings, saveSettings } from "./store.js";

const NUMBERS = ["temperature", "topP", "topK", "maxTokens", "seed"];
const field = (id) => document.getElementById(id);

/** Shows the settings of the last visit and keeps what is changed. */
export function bindSettings() {
  const show = (settings) => ["system", ...NUMBERS].forEach((id) => field(id).value = settings[id] ?? "");
  show(loadSettings());
  field("settings").addEventListener("input", () => saveSettings(options()));
  // a browser says nothing about a field that is folded away, and does not send
  field("settings").addEventListener("invalid", () => field("settings").open = true, true);
  field("defaults").addEventListener("click", () => {
    saveSettings({});
    show({});
  });
}

/** Returns the options of a request; what is left open is the application's. */
export function options() {
  const chosen = {};
  if (field("system").value.trim()) chosen.system = field("system").value;
  for (const id of NUMBERS) {
    if (field(id).value !== "" && field(id).validity.valid) chosen[id] = Number(field(id).value);
  }
  return chosen;
}
