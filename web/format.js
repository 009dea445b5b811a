// SPDX-License-Identifier: Apache-2.0
// Values as people read them.

const kNumber = new Intl.NumberFormat("en");

export function number(value) {
  return kNumber.format(value);
}

export function bytes(value) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    ++unit;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

export function percent(part, whole) {
  if (whole === 0) return "0 %";
  const share = 100 * part / whole;
  return (share > 0 && share < 0.01 ? "< 0.01" : share.toFixed(share < 1 ? 2 : 1)) + " %";
}

export function seconds(value) {
  return value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(1)} s`;
}

// "2026-11-24T10:05:09Z" -> "2026-11-24 10:05:09"
export function time(text) {
  return String(text ?? "").replace("T", " ").replace(/(\.\d+)?Z$/, "");
}

// How long ago "2026-11-24 10:05:09" (UTC) was.
export function age(text, now = Date.now()) {
  const then = Date.parse(String(text).replace(" ", "T") + "Z");
  if (Number.isNaN(then)) return "";
  const minutes = Math.max(0, Math.floor((now - then) / 60000));
  if (minutes < 1) return "just now";
  if (minutes < 120) return `${minutes} min ago`;
  if (minutes < 2880) return `${Math.floor(minutes / 60)} h ago`;
  return `${Math.floor(minutes / 1440)} days ago`;
}

// Without the final dot, which every name in a log has.
export function plain_name(name) {
  return name.length > 1 && name.endsWith(".") ? name.slice(0, -1) : name;
}

export function is_defanged() {
  return localStorage.getItem("defang") === "1";
}

// "www.evil.com" -> "www.evil[.]com", "http://evil.com" -> "hxxp://evil[.]com": nothing makes a link of it.
export function defang(text) {
  return text.replace(/\bhttp(s?):\/\//gi, "hxxp$1://").replace(/\.(?=[^.\s]*\.?$)/, "[.]");
}

// A name as the page shows it.
export function shown_name(name) {
  const plain = plain_name(String(name ?? ""));
  return is_defanged() ? defang(plain) : plain;
}

// Columns that hold names.
export function is_name_column(column) {
  return /^(query_name|registeredDomain|domain|name|entry|answers|match)$/i.test(column);
}

// Every name inside a longer text, as of answers.
export function defang_all(text) {
  return text.replace(/(?:[\w-]+\.)+[a-z][\w-]+/gi, defang);
}

// RFC 4180. A spreadsheet would compute a cell that begins like a formula: it gets a quote in front.
export function csv(columns, rows) {
  const cell = (value) => {
    let text = value === null || value === undefined ? "" : String(value);
    if (/^[=+@\t\r]|^-[^\d.]/.test(text)) text = "'" + text;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows].map((row) => row.map(cell).join(",")).join("\n") + "\n";
}

export function json_lines(columns, rows) {
  return rows.map((row) => JSON.stringify(Object.fromEntries(columns.map((name, i) => [name, row[i]])))).join("\n") + "\n";
}

export function download(name, type, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], {type}));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
