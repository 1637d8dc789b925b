// Builds the fragment in props.value from plain nodes; text only ever becomes text.
const root = element.querySelector(".nodes");
const TAGS = new Set(("div p span h2 h3 ul li table thead tbody tr th td strong small mark details summary code progress a").split(" "));
const NAMES = new Set(["class", "role", "title", "href", "download", "value", "max", "colspan", "scope", "open", "dir", "lang", "style"]);

function make(item) {
  if (typeof item === "string") return document.createTextNode(item);
  const made = document.createElement(TAGS.has(item.tag) ? item.tag : "span");
  for (const [name, value] of Object.entries(item.attributes || {})) {
    if (!(NAMES.has(name) || name.startsWith("aria-") || name.startsWith("data-"))) continue;
    if (name === "href" && !/^\/[^/]/.test(value)) continue;
    made.setAttribute(name, value);
  }
  made.append(...(item.children || []).map(make));
  return made;
}

let shown = null;
function paint() {
  const json = JSON.stringify(props.value || []);
  if (json === shown) return;
  shown = json;
  const open = [...root.querySelectorAll("details")].map((d) => d.open);
  root.replaceChildren(...(props.value || []).map(make));
  root.querySelectorAll("details").forEach((d, i) => { if (i in open) d.open = open[i]; });
}
watch("value", paint);
paint();
