// Builds a fragment of the page from what `studio.ui.kit.nodes` makes; text only ever becomes text.
const TAGS = new Set(("div p span h2 h3 ul li table thead tbody tr th td strong small mark details summary code progress a dl dt dd").split(" "));
const NAMES = new Set(["class", "role", "title", "href", "download", "value", "max", "colspan", "scope", "open", "dir", "lang", "style"]);

/**
 * @param {Element} made
 * @param {Made} piece
 * @param {Made} [was] whose attributes it has already
 */
function dress(made, piece, was) {
  for (const [name, value] of Object.entries(piece.attributes || {})) {
    if (!(NAMES.has(name) || name.startsWith("aria-") || name.startsWith("data-"))) continue;
    if (name === "href" && !/^\/[^/]/.test(value)) continue;
    if (was?.attributes?.[name] !== value) made.setAttribute(name, value);
  }
}

/**
 * @param {Piece} piece
 * @returns {Node}
 */
function build(piece) {
  if (typeof piece === "string") return document.createTextNode(piece);
  const made = document.createElement(TAGS.has(piece.tag) ? piece.tag : "span");
  dress(made, piece);
  made.append(...(piece.children || []).map(build));
  return made;
}

/** What two pieces share if one can become the other: an element with its attributes and as many children.
 * @param {Made} piece
 */
const kind = ({ tag, attributes, children }) => [tag, ...Object.keys(attributes || {}), (children || []).length].join();

/** Has `made`, built of `was`, show `piece`: what is the same stays, so that the page is not laid out for one number.
 * @param {Node} made
 * @param {Piece} was
 * @param {Piece} piece
 */
function mend(made, was, piece) {
  if (typeof was === "string" && typeof piece === "string") {
    if (was !== piece) made.textContent = piece;
  } else if (made instanceof Element && typeof was !== "string" && typeof piece !== "string" && kind(was) === kind(piece)) {
    dress(made, piece, was);
    const parts = [...made.childNodes];
    (piece.children || []).forEach((part, at) => { mend(parts[at], (was.children || [])[at], part); });
  } else made.parentNode?.replaceChild(build(piece), made);
}

/**
 * What puts pieces into `root`: only others than before, and what was folded out there stays so.
 * @param {HTMLElement} root
 */
export function painter(root) {
  let shown = "";
  /** @type {Piece[]} */
  let before = [];
  /** @param {Piece[]} pieces */
  return (pieces) => {
    const json = JSON.stringify(pieces);
    if (json === shown) return;
    shown = json;
    const open = [...root.querySelectorAll("details")].map((one) => one.open);
    const parts = [...root.childNodes];
    if (before.length === pieces.length && parts.length === pieces.length) pieces.forEach((piece, at) => { mend(parts[at], before[at], piece); });
    else root.replaceChildren(...pieces.map(build));
    before = pieces;
    root.querySelectorAll("details").forEach((one, at) => { if (at in open) one.open = open[at]; });
  };
}
