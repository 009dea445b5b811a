// SPDX-License-Identifier: Apache-2.0
// Why a name matches or does not: each step from the text to the verdict.

import {field, h, replace} from "./dom.js";
import {shown_name} from "./format.js";
import {get} from "./server.js";

function verdict(match) {
  if (match.verdict === "Y") return [h("span", {class: "badge matched"}, "matches"), ` by ${shown_name(match.entry)} in ${match.lists.join(", ")}`];
  if (match.allowed) return [h("span", {class: "badge good"}, "allowed"), ` by ${shown_name(match.entry)} in ${match.lists.join(", ")}`];
  if (match.verdict === "failed") return [h("span", {class: "badge warn"}, "unknown"), " the compiled set is damaged: querymark domains check"];
  return h("span", {class: "badge calm"}, "does not match");
}

function entry_text(entry) {
  const kept = entry.allow ? "allow entry" : `kept ${entry.keep}`;
  return [h("span", {class: "name"}, shown_name(entry.name)), ` in ${entry.list}: ${entry.scope}, ${kept}, first seen ${entry.first_seen.slice(0, 10)}`,
    entry.expires ? `, until ${entry.expires.slice(0, 10)}` : "", entry.note ? ` (${entry.note})` : ""];
}

// explanation: as `querymark explain --format json`
export function decision_path(explanation) {
  const step = (label, ...value) => h("li", {}, h("span", {class: "label"}, label), h("span", {}, value));
  return h("ol", {class: "path"},
    step("Name", shown_name(explanation.name)),
    explanation.normal_name !== explanation.name && step("Normal form", shown_name(explanation.normal_name) || "none"),
    step("Suffix rule", explanation.suffix_rule ? `${explanation.suffix_rule} (${explanation.section} section)` : "none applies"),
    step("First-level domain", explanation.registered_domain ? shown_name(explanation.registered_domain) : "none"),
    explanation.remark && step("Remark", explanation.remark),
    explanation.entries.map((entry) => step("Entry", entry_text(entry))),
    step("Matching by first-level domain", verdict(explanation.registered)),
    step("Matching by listed name", verdict(explanation.listed)));
}

export function show_explain(main, parameters, signal) {
  const name = h("input", {type: "search", value: parameters.get("name") ?? "", required: true, spellcheck: "false", placeholder: "www.example.co.uk", size: 40});
  const result = h("div", {"aria-live": "polite"});
  const explain = async () => {
    try {
      replace(result, decision_path(await get("explain", {name: name.value.trim()}, signal)));
    } catch (error) {
      if (!signal.aborted) replace(result, h("p", {class: "failure"}, error.message));
    }
  };
  main.append(h("h1", {}, "Explain"), h("section", {class: "panel"},
    h("form", {class: "bar", onsubmit: (event) => {
      event.preventDefault();
      history.replaceState(null, "", "#/explain?name=" + encodeURIComponent(name.value.trim()));
      explain();
    }}, field("Domain name", name), h("button", {type: "submit", class: "main"}, "Explain")), result),
  h("p", {class: "note"}, "Tells which rule and which entry decide for a name, by the table as it is now. Records keep the verdict of their time."));
  if (name.value) explain();
  else name.focus();
}
