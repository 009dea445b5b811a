// SPDX-License-Identifier: Apache-2.0
// One threat: why it matches, what was asked and answered, who else asked.

import {h, replace} from "./dom.js";
import {decision_path} from "./explain.js";
import {plain_name, shown_name} from "./format.js";
import {get, post, query} from "./server.js";
import {records, sources_of} from "./sql.js";
import {answer_note, answer_table, export_buttons} from "./table.js";

// Of its records; host and domain are known.
const kThreatColumns = ["query_timestamp", "query_name", "query_type", "rcode", "firewall_rule_action", "answers"];

let leave = new AbortController();

export function close_threat() {
  leave.abort();
  const drawer = document.getElementById("drawer");
  if (drawer.open) drawer.close();
  replace(drawer);
}

// The address without the threat.
function overview_address(parameters) {
  const rest = new URLSearchParams(parameters);
  rest.delete("host");
  rest.delete("domain");
  return "#/" + (rest.size > 0 ? "?" + rest : "");
}

// A part that is filled when its answer is there.
function part(title, signal, fill) {
  const content = h("div", {}, h("p", {class: "empty"}, "Working on it…"));
  fill().then((children) => replace(content, children)).catch((error) => {
    if (!signal.aborted) replace(content, h("p", {class: "failure"}, error.message));
  });
  return h("section", {}, h("h3", {}, title), content);
}

function answer_part(title, signal, sql, name) {
  return part(title, signal, async () => {
    const answer = await query(sql, {rows: 200, signal});
    return [answer_table(answer, title), h("div", {class: "head"}, h("p", {class: "note"}, answer_note(answer)),
      export_buttons(name, () => answer),
      h("a", {href: "#/search?sql=" + encodeURIComponent(sql)}, "Open as SQL"))];
  });
}

function allow_button(domain) {
  const outcome = h("span", {class: "note", role: "status"});
  const button = h("button", {type: "button", onclick: async () => {
    if (!confirm(`Allow ${plain_name(domain)}? From now on it is not marked, whatever lists say.`)) return;
    button.disabled = true;
    try {
      await post("add", {list: "allowed", allow: true, note: "from the dashboard"}, plain_name(domain));
      outcome.textContent = "Allowed: records from now on are not matched by it.";
    } catch (error) {
      button.disabled = false;
      outcome.textContent = error.message;
    }
  }}, "Allow this domain");
  return [button, outcome];
}

export function show_threat(parameters) {
  const {host, domain} = Object.fromEntries(parameters);
  leave.abort();
  leave = new AbortController();
  const {signal} = leave;
  const days = parameters.get("days") ?? "7";
  const period = {days, from: parameters.get("from"), to: parameters.get("to"), matched: "Y", domain};
  const drawer = document.getElementById("drawer");
  const close = () => location.hash = overview_address(parameters);
  replace(drawer,
    h("div", {class: "head"}, h("h2", {id: "drawer-title"}, shown_name(domain)),
      h("button", {type: "button", class: "quiet close", onclick: close, "aria-label": "Close"}, "✕")),
    h("p", {class: "note"}, "asked for by ", h("a", {href: `#/search?days=${days}&source=${encodeURIComponent(host)}`}, host || "an unknown host")),
    h("div", {class: "buttons"}, allow_button(domain)),
    part("Why it matches", signal, async () => decision_path(await get("explain", {name: domain}, signal))),
    answer_part("What was asked", signal, records({...period, host}, {limit: 100, columns: kThreatColumns}), "records"),
    answer_part("Who asked for it", signal, sources_of(period), "sources"));
  drawer.oncancel = (event) => {
    event.preventDefault();
    close();
  };
  drawer.onclick = (event) => event.target === drawer && close();
  if (!drawer.open) drawer.showModal();
  drawer.scrollTop = 0;
}
