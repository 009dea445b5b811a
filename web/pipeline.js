// SPDX-License-Identifier: Apache-2.0
// What became of every record: the sums that must come out even, and how full spool and memory are.

import {h, replace} from "./dom.js";
import {bytes, number, seconds} from "./format.js";
import {get, poll} from "./server.js";

// Prometheus' text: "name{label="value"} 12" -> {"name:value": 12}
export function read_metrics(text) {
  const found = {};
  for (const line of text.split("\n")) {
    const parts = /^(\w+)(?:\{\w+="([^"]*)"\})? (\S+)$/.exec(line);
    if (parts) found[parts[1].replace(/^querymark_/, "") + (parts[2] ? ":" + parts[2] : "")] = Number(parts[3]);
  }
  return found;
}

function sum(title, left, right) {
  const total = (terms) => terms.reduce((all, [, value]) => all + value, 0);
  const is_even = total(left) === total(right);
  const sign = (text) => text && h("span", {class: "plus"}, text);
  const side = (terms, first) => terms.map(([label, value], i) =>
    h("span", {class: "operand"}, sign(i === 0 ? first : "+"), h("span", {class: "term"}, h("strong", {}, number(value)), h("small", {}, label))));
  return h("section", {class: "panel sum"}, h("h2", {}, title, " ",
    h("span", {class: `badge ${is_even ? "good" : "warn"}`}, is_even ? "adds up" : "does not add up")),
  h("div", {class: "terms"}, side(left, ""), side(right, "=")));
}

function gauge(label, value, most, text) {
  const share = most > 0 ? Math.min(1, value / most) : 0;
  return h("div", {class: "gauge"}, h("span", {}, label), h("meter", {min: 0, max: 1, value: share, high: 0.5, optimum: 0, "aria-label": label}),
    h("small", {}, text(value) + " of " + text(most)));
}

function fact(label, value) {
  return h("div", {class: "fact"}, h("dt", {}, label), h("dd", {}, value));
}

function draw(m) {
  const value = (name) => m[name] ?? 0;
  const acknowledged = ["matched", "unmatched", "rejected", "control"].map((kind) => [kind, value("records_acknowledged_total:" + kind)]);
  const lines = (kind) => [
    [["synced", value("lines_synced_total:" + kind)], ["recovered", value("lines_recovered_total:" + kind)]],
    [["delivered", value("lines_delivered_total:" + kind)], ["waiting", value("lines_waiting:" + kind)]]];
  const of_sinks = (name) => Object.keys(m).filter((key) => key.startsWith(name + ":")).reduce((all, key) => all + m[key], 0);
  const spool = value("spool_bytes:records") + value("spool_bytes:errors");
  const commits = value("commits_total");
  return [
    sum("Records received", [["received", value("records_received_total")]], [...acknowledged, ["refused", value("records_refused_total")]]),
    sum("Marked records to the store", ...lines("records")),
    sum("Rejected records to the store", ...lines("errors")),
    h("section", {class: "panel"}, h("h2", {}, "Space"), h("div", {class: "gauges"},
      gauge("Spool", spool, value("spool_bytes_max"), bytes),
      gauge("Memory of requests", value("request_memory_bytes"), value("request_memory_bytes_max"), bytes))),
    h("section", {class: "panel"}, h("h2", {}, "State"), h("dl", {class: "facts"},
      fact("Table", value("table_failing") ? h("span", {class: "badge warn"}, "cannot be read") : `${number(value("table_entries:interesting"))} entries, ${number(value("table_entries:allow"))} allow entries`),
      fact("Changes of the table taken", number(value("table_changes_total"))),
      fact("Look-ups that failed", number(value("lookups_failed_total"))),
      fact("Group commits", commits === 0 ? "none yet" : `${number(commits)}, ${seconds(value("commit_seconds_total") / commits)} each`),
      fact("Failed deliveries", number(value("delivery_failures_total:records") + value("delivery_failures_total:errors"))),
      fact("Oldest part that waits", seconds(value("oldest_part_seconds"))),
      fact("Matches that wait for alert sinks", number(of_sinks("alert_matches_waiting"))),
      fact("Notifications that sinks refused", number(of_sinks("alert_refused_total"))),
      fact("Connections", number(value("connections")))))];
}

export function show_pipeline(main, _parameters, signal) {
  const content = h("div", {}, h("p", {class: "empty"}, "Asking the service…"));
  main.append(h("h1", {}, "Pipeline"), content, h("p", {class: "note"},
    "Since the service started. The same figures are at ", h("a", {href: "/metrics"}, "/metrics"), " for Prometheus."));
  let drawn = "";
  poll(2000, signal, async () => {
    const text = await get("metrics", {}, signal);
    if (text === drawn) return;
    drawn = text;
    replace(content, draw(read_metrics(text)));
  });
}
