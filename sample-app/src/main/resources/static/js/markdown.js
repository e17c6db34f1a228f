const escaped = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escape = (text) => text.replace(/[&<>"']/g, (character) => escaped[character]);

const markdown = new marked.Marked({ gfm: true, breaks: true });
// a model's markup is text
markdown.use({ renderer: { html: ({ text }) => escape(text), image: ({ text, href }) => escape(text || href) } });

DOMPurify.addHook("afterSanitizeAttributes", (node) => {
  if (node.tagName === "A") {
    node.setAttribute("target", "_blank");
    node.setAttribute("rel", "noopener noreferrer nofollow");
  }
});

const allowed = {
  ALLOWED_TAGS: ["p", "br", "hr", "em", "strong", "del", "code", "pre", "ul", "ol", "li", "blockquote", "h1", "h2", "h3",
    "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "a"],
  ALLOWED_ATTR: ["href", "start", "align", "target", "rel"],
  ALLOW_DATA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};

/** Returns Markdown as nodes; what is no Markdown is text. */
export function render(source) {
  return DOMPurify.sanitize(markdown.parse(source), allowed);
}

/**
 * Wraps rendered text in spans, one for each run of characters of one piece of the source. Characters that Markdown has
 * taken away are skipped; where it has put others in their place, the spans go on after the next text that is found.
 */
export function markPieces(root, pieces, classOf) {
  const source = pieces.map((piece) => piece.text).join("");
  const owners = new Int32Array(source.length);
  let end = 0;
  pieces.forEach((piece, index) => owners.fill(index, end, end += piece.text.length));
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) {
    const inCode = walker.currentNode.parentElement && walker.currentNode.parentElement.closest("pre");
    if (inCode || walker.currentNode.data.trim()) nodes.push(walker.currentNode);
  }
  let at = 0;
  for (const node of nodes) {
    const text = node.data;
    const spans = document.createDocumentFragment();
    let run = null, owner = -1;
    for (let i = 0; i < text.length; i++) {
      if (source[at] !== text[i]) {
        const found = source.indexOf(text.slice(i, i + 8), at);
        if (found >= 0) at = found;
      }
      const next = at < source.length ? owners[at] : owner;
      if (source[at] === text[i]) at++;
      if (run === null || next !== owner) {
        owner = next;
        run = document.createElement("span");
        run.className = owner >= 0 ? classOf(pieces[owner]) : "target";
        spans.append(run);
      }
      run.append(text[i]);
    }
    node.replaceWith(spans);
  }
  root.querySelectorAll("span").forEach((span) => span.normalize());
}
