const SENTENCE = /^[\s\S]*?(?:[.!?:]["')\]]*\s|\n)/;

/** Tells screen readers an answer sentence by sentence. */
export class Speech {

  constructor(region) {
    this.region = region;
  }

  begin() {
    this.said = 0;
    this.region.replaceChildren();
  }

  hear(text, complete) {
    for (;;) {
      const rest = text.slice(this.said);
      const sentence = complete ? rest : (rest.match(SENTENCE) || [""])[0];
      if (!sentence) return;
      this.said += sentence.length;
      this.say(sentence);
    }
  }

  say(sentence) {
    const words = sentence.replace(/[*_`#>|]+/g, " ").trim();
    if (!words) return;
    const line = document.createElement("p");
    line.textContent = words;
    this.region.append(line);
  }

}
