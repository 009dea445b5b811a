// SPDX-License-Identifier: Apache-2.0
// The questions that the page's fields stand for. They are shown, may be changed, and run as they stand.

export const kHost = "coalesce(srcids.instance, srcids.resolver_endpoint, srcaddr)";

export function quoted(text) {
  return "'" + String(text).replaceAll("'", "''") + "'";
}

// "*.evil.com" is a pattern for all of the name, "evil" a part of it.
function name_condition(text) {
  const escaped = text.replaceAll(/[\\%_]/g, "\\$&");
  const pattern = text.includes("*") ? escaped.replaceAll("*", "%") : `%${escaped}%`;
  const condition = `query_name ILIKE ${quoted(text.includes("*") && !pattern.endsWith("%") ? pattern + "%" : pattern)}`;
  return escaped === text ? condition : condition + " ESCAPE '\\'";
}

// "2026/11/18" for 7 days, of which today is one.
export function first_day(days, now = Date.now()) {
  return new Date(now - (days - 1) * 86400000).toISOString().slice(0, 10).replaceAll("-", "/");
}

// Conditions of the fields of a search; fields that are not given make none.
export function conditions(fields) {
  const found = [];
  if (Number(fields.days) > 0) found.push(`day >= ${quoted(first_day(Number(fields.days)))}`);
  if (fields.from) found.push(`query_timestamp >= ${quoted(fields.from)}`);
  if (fields.to) found.push(`query_timestamp < ${quoted(fields.to)}`);
  if (fields.name) found.push(name_condition(fields.name));
  if (fields.domain) found.push(`registeredDomain = ${quoted(fields.domain)}`);
  if (fields.host) found.push(`${kHost} = ${quoted(fields.host)}`);
  if (fields.source) found.push(`(srcaddr = ${quoted(fields.source)} OR ${kHost} = ${quoted(fields.source)} OR vpc_id = ${quoted(fields.source)})`);
  if (fields.type) found.push(`query_type = ${quoted(fields.type)}`);
  if (fields.rcode) found.push(`upper(rcode) = ${quoted(fields.rcode)}`);
  if (fields.matched) found.push(`isMatchedDomain = ${quoted(fields.matched)}`);
  if (fields.action) found.push(`firewall_rule_action = ${quoted(fields.action)}`);
  return found;
}

function where(fields) {
  const found = conditions(fields);
  return found.length === 0 ? "" : "\nWHERE " + found.join("\n  AND ");
}

const kColumns = ["query_timestamp", "query_name", "isMatchedDomain", "query_type", "rcode", `${kHost} AS host`, "srcaddr",
  "vpc_id", "firewall_rule_action", "answers"];

export function records(fields, {limit = 200, columns = kColumns} = {}) {
  return `SELECT ${columns.join(", ")}\nFROM route53query${where(fields)}\n` +
    `ORDER BY query_timestamp DESC\nLIMIT ${limit}`;
}

export function sources_of(fields, limit = 50) {
  return `SELECT ${kHost} AS host, any_value(srcaddr) AS srcaddr, any_value(vpc_id) AS vpc_id, count(*) AS queries, ` +
    `min(query_timestamp) AS first, max(query_timestamp) AS last\nFROM route53query${where(fields)}\n` +
    `GROUP BY host\nORDER BY queries DESC, host\nLIMIT ${limit}`;
}
