// SPDX-License-Identifier: Apache-2.0
// Records as they are acknowledged, before they are in any object.

import {field, h, replace} from "./dom.js";
import {number, plain_name, shown_name, time} from "./format.js";
import {get, poll} from "./server.js";

const kInterval = 2000;
const kRowsMax = 300;

function answers_of(record) {
  if (!Array.isArray(record.answers)) return "";
  return record.answers.map((answer) => `${answer?.Type ?? ""} ${plain_name(String(answer?.Rdata ?? ""))}`).join(", ");
}

function host_of(record) {
  const ids = record.srcids;
  return String((Array.isArray(ids) ? ids[0] : ids?.instance ?? ids?.resolver_endpoint) ?? record.srcaddr ?? "");
}

function row(record) {
  const is_matched = record.isMatchedDomain === "Y";
  return h("tr", {class: is_matched ? "hot" : undefined},
    h("td", {class: "time"}, time(record.query_timestamp)),
    h("td", {}, is_matched ? h("span", {class: "badge matched"}, "matched") : ""),
    h("td", {class: "name"}, shown_name(record.query_name)),
    h("td", {}, String(record.query_type ?? "")), h("td", {}, String(record.rcode ?? "")),
    h("td", {class: "short"}, host_of(record)), h("td", {class: "long"}, answers_of(record)));
}

function parse(line) {
  try {
    const record = JSON.parse(line);
    return record && typeof record === "object" ? record : null;
  } catch {
    return null;
  }
}

export function show_live(main, _parameters, signal) {
  const only_matched = h("input", {type: "checkbox"});
  const filter = h("input", {type: "search", placeholder: "in any member"});
  const pause = h("button", {type: "button", "aria-pressed": "false"}, "Pause");
  const note = h("p", {class: "note", role: "status"}, "Waiting for records…");
  const body = h("tbody", {});
  let lines = [], cursor = "", seen = 0, skipped = false, paused = false;

  const draw = () => {
    const text = filter.value.trim().toLowerCase();
    const shown = lines.filter((line) => !text || line.toLowerCase().includes(text)).map(parse)
      .filter((record) => record && (!only_matched.checked || record.isMatchedDomain === "Y"));
    replace(body, shown.slice(-kRowsMax).reverse().map(row));
    note.textContent = seen === 0 ? "Waiting for records…" :
      `${number(seen)} records since this page was opened${skipped ? ", some more not shown" : ""}; the newest ${number(lines.length)} are kept.`;
  };
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = paused ? "Go on" : "Pause";
    pause.setAttribute("aria-pressed", String(paused));
  });
  only_matched.addEventListener("change", draw);
  filter.addEventListener("input", draw);
  const heads = ["Time", "", "Name", "Type", "Code", "Host", "Answers"];
  main.append(h("h1", {}, "Live"), h("section", {class: "panel"},
    h("div", {class: "bar"}, field("Filter", filter), h("label", {class: "toggle"}, only_matched, " Only matched"), pause),
    note,
    h("div", {class: "scroll tall"}, h("table", {}, h("caption", {class: "unseen"}, "Newest records"),
      h("thead", {}, h("tr", {}, heads.map((head) => h("th", {scope: "col"}, head)))), body))),
  h("p", {class: "note"}, "The page asks every two seconds for records acknowledged since, and shows the newest; all of them go to the store."));

  poll(kInterval, signal, async () => {
    if (paused) return;
    const tail = await get("tail", {cursor}, signal);
    cursor = tail.cursor;
    skipped ||= tail.skipped;
    seen += tail.lines.length;
    if (tail.lines.length === 0) return;
    lines = [...lines, ...tail.lines].slice(-5000);
    draw();
  });
}
