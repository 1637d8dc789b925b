// Two people label: who is here, how far both are, how well they agree, and the rows about which they do not.
import { $, button, make, put, request, say, tell } from "../kit/page.js";
import { callMe, desk } from "./desk.js";

/** @param {(act: Act) => void} act */
export function people(act) {
  const more = $("details.more-people"), invite = $("form.invite"), disputes = $("button.disputes");
  const open = () => act({ do: "open", number: 0 });

  /** Asks who is here.
   * @param {string[]} names
   */
  function ask(names) {
    $(".card-who").hidden = false;
    $(".card-names").replaceChildren(...names.map((one) => button("choice", "", one, () => { callMe(one); open(); })));
  }
  function paintSelf() {
    const self = $(".card-self");
    if (desk.order === "disputes") {
      return self.replaceChildren(button("quiet", "", say("label.back"), () => { desk.order = "rows"; open(); }));
    }
    const other = button("quiet", "", say("label.not_me"), () => { callMe(""); open(); });
    self.replaceChildren(make("span", "", say("label.i_am", { name: desk.who })), other);
  }
  /**
   * Asks the server, shows the two, and tells whether that went well.
   * @template {"team" | "invite" | "dismiss"} N
   * @param {N} name
   * @param {Asked<N>} asked
   */
  async function team(name, asked) {
    const found = await request(name, { dataset: desk.dataset, ...asked });
    if (!found) return false;
    if ("error" in found) {
      tell(found.error, "bad");
      return false;
    }
    invite.hidden = found.names.length > 0;
    $(".team").hidden = !found.names.length;
    if (!found.names.length) return true;
    $(".team-lines").replaceChildren(...(found.lines ?? []).map((text) => make("li", "", text)));
    put(disputes, say("label.disputes", { count: found.disputed }));
    disputes.disabled = !found.disputed;
    return true;
  }
  const refresh = () => { if (more.open) team("team", {}); };
  more.addEventListener("toggle", refresh);
  invite.addEventListener("submit", async (event) => {
    event.preventDefault();
    const me = $(".invite input.me").value.trim();
    const names = [me, $(".invite input.other").value.trim()];
    if (!await team("invite", { names, share: $(".share input").value })) return;
    callMe(me.slice(0, 20));
    desk.order = "rows";
    open();
  });
  $(".dismiss").addEventListener("click", async () => {
    if (!await team("dismiss", {})) return;
    desk.who = "";
    desk.order = "rows";
    open();
  });
  disputes.addEventListener("click", () => { desk.order = "disputes"; open(); });
  return { ask, paintSelf, refresh };
}
