// The report on paper: printed from a frame that nobody sees, in which no script runs, or saved as a file.
import { $, answered, button, put, reason, request, saveFile, say, tell } from "../kit/page.js";

/** @type {string | null} */
let run = null;
let busy = false;

/** @param {string} ending @param {(file: Base64File) => unknown} act */
async function get(ending, act) {
  if (busy || !run) return;
  busy = true;
  tell(say("printing.writing"));
  try {
    act(answered(await request("report_file", { run, ending })));
    tell("");
  } catch (error) {
    tell(reason(error), "bad");
  } finally {
    busy = false;
  }
}

/** @param {Base64File} file */
function print(file) {
  const frame = document.createElement("iframe");
  frame.className = "print-frame";
  frame.setAttribute("sandbox", "allow-same-origin allow-modals");
  frame.setAttribute("aria-hidden", "true");
  frame.tabIndex = -1;
  frame.srcdoc = new TextDecoder().decode(Uint8Array.from(atob(file.content), (char) => char.charCodeAt(0)));
  const title = document.title;
  frame.addEventListener("load", () => {
    const paper = frame.contentWindow;
    if (!paper) return;
    paper.addEventListener("afterprint", () => setTimeout(() => {
      document.title = title;
      frame.remove();
    }));
    document.title = file.name.replace(/\.\w+$/, ""); // what a browser calls the PDF
    paper.print();
  }, { once: true });
  $(".print-buttons").append(frame);
}

put($(".print-help"), say("printing.help"));
$(".print-buttons").append(
  button("strong", "file", say("printing.print"), () => get(".html", print)),
  button("quiet", "", say("printing.as_page"), () => get(".html", saveFile)),
  button("quiet", "", say("printing.as_word"), () => get(".docx", saveFile)),
);
function show() {
  run = props.value || null;
  $(".print-out").hidden = !run;
  tell("");
}
watch("value", show);
show();
