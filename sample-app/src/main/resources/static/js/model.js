import { add } from "./answer.js";

const size = (number, unit) => number >= 1e9 ? (number / 1e9).toFixed(1) + " billion" + unit
    : (number / 1e6).toFixed(number >= 1e8 ? 0 : 1) + " million" + unit;

/** Shows which model this is, and returns what the application says about it. */
export async function showModel() {
  const response = await fetch("chat/model");
  if (!response.ok) return { examples: [] };
  const model = await response.json();
  const large = model.parameters ? size(model.parameters, " parameters") : "";
  document.getElementById("engine").textContent = [model.name, large].filter(Boolean).join(", ");
  const facts = document.getElementById("model-facts");
  const entry = (name, value) => {
    if (!value) return;
    const pair = add(facts, "div");
    add(pair, "dt", "", name);
    add(pair, "dd", "", value);
  };
  entry("Kind", model.architecture);
  entry("Size", [large, model.bytesOnDisk ? Math.round(model.bytesOnDisk / 1e6) + " MB on disk" : ""]
      .filter(Boolean).join(", "));
  entry("Computes in", model.precision + " on " + model.device);
  entry("Context", model.contextTokens + " tokens");
  entry("Drafts from", model.drafts);
  entry("Gate", model.gate);
  model.notes.forEach((note) => add(document.getElementById("model-notes"), "li", "", note));
  return model;
}
