// Builds a fragment of the page from what `studio.ui.kit.nodes` makes; text only ever becomes text.
const TAGS = new Set(("div p span h2 h3 ul li table thead tbody tr th td strong small mark details summary code progress a dl dt dd").split(" "));
const NAMES = new Set(["class", "role", "title", "href", "download", "value", "max", "colspan", "scope", "open", "dir", "lang", "style"]);

/**
 * @param {Piece} piece
 * @returns {Node}
 */
function build(piece) {
  if (typeof piece === "string") return document.createTextNode(piece);
  const made = document.createElement(TAGS.has(piece.tag) ? piece.tag : "span");
  for (const [name, value] of Object.entries(piece.attributes || {})) {
    if (!(NAMES.has(name) || name.startsWith("aria-") || name.startsWith("data-"))) continue;
    if (name === "href" && !/^\/[^/]/.test(value)) continue;
    made.setAttribute(name, value);
  }
  made.append(...(piece.children || []).map(build));
  return made;
}

/**
 * What puts pieces into `root`: only others than before, and what was folded out there stays so.
 * @param {HTMLElement} root
 */
export function painter(root) {
  let shown = "";
  /** @param {Piece[]} pieces */
  return (pieces) => {
    const json = JSON.stringify(pieces);
    if (json === shown) return;
    shown = json;
    const open = [...root.querySelectorAll("details")].map((one) => one.open);
    root.replaceChildren(...pieces.map(build));
    root.querySelectorAll("details").forEach((one, at) => { if (at in open) one.open = open[at]; });
  };
}
