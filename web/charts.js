// SPDX-License-Identifier: Apache-2.0
// The timeline, drawn by uPlot, and sparklines.

import {h, svg} from "./dom.js";
import {number} from "./format.js";

const kStepSeconds = {"minute": 60, "ten minutes": 600, "hour": 3600, "day": 86400, "month": 30.4 * 86400};
const kForm = "0000-01-01T00:00";

// "2026-11-24T10:0" of a unit of ten minutes is 2026-11-24 10:00 UTC.
function unix_seconds(begin) {
  return Date.parse((begin + kForm.slice(begin.length)) + "Z") / 1000;
}

function as_minute(unix) {
  return new Date(unix * 1000).toISOString().slice(0, 16);
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

// Buckets without a record are not in the answer: here they are zeros, as far as they can be counted out.
function filled(timeline) {
  const step = kStepSeconds[timeline.unit];
  const x = [], records = [], matched = [];
  const push = (at, i) => {
    x.push(at);
    records.push(i < 0 ? 0 : timeline.records[i]);
    matched.push(i < 0 ? 0 : timeline.matched[i]);
  };
  timeline.begin.forEach((begin, i) => {
    const at = unix_seconds(begin);
    const gap = x.length > 0 && timeline.unit !== "month" ? Math.round((at - x.at(-1)) / step) - 1 : 0;
    if (gap > 0 && gap + x.length < 2000) for (let k = gap; k > 0; --k) push(at - k * step, -1);
    push(at, i);
  });
  return {x, records, matched, step};
}

// "18:00", and "24 Nov" where a day begins or ticks are days apart.
function time_label(unix, before, increment) {
  const at = new Date(unix * 1000);
  const is_new_day = before === undefined || new Date(before * 1000).getUTCDate() !== at.getUTCDate();
  const day = at.toLocaleDateString("en-GB", {day: "numeric", month: "short", timeZone: "UTC"});
  if (increment >= 86400) return day;
  const hour = at.toISOString().slice(11, 16);
  return is_new_day ? (hour === "00:00" ? day : `${day} ${hour}`) : hour;
}

function options(title, values, {width, height, step, stroke, sync, brushed}) {
  const axis = {stroke: colour("--muted"), grid: {stroke: colour("--line"), width: 1}, ticks: {show: false},
    font: "12px system-ui, sans-serif"};
  return {
    width, height,
    legend: {show: false},
    tzDate: (unix) => uPlot.tzDate(new Date(unix * 1000), "UTC"),
    scales: {x: {range: (_, from, to) => [from - step / 2, to + step / 2]}, y: {range: (_, from, to) => [0, Math.max(to * 1.1, 1)]}},
    axes: [{...axis, space: 76, size: 28, values: (_, ticks, __, ___, increment) => ticks.map((tick, i) => time_label(tick, ticks[i - 1], increment))}, {...axis, size: 64, space: 26, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7, 1e8],
      values: (_, ticks) => ticks.map((tick) => number(tick))}],
    series: [{}, {label: title, stroke, fill: stroke, width: 0, points: {show: false}, paths: uPlot.paths.bars({size: [0.86, 40, 1]})}],
    cursor: {y: false, sync: {key: sync}, points: {show: false}, drag: {x: true, y: false, setScale: false}},
    hooks: {setSelect: [(plot) => {
      if (plot.select.width < 4) return;
      brushed(plot.posToVal(plot.select.left, "x"), plot.posToVal(plot.select.left + plot.select.width, "x"));
      plot.setSelect({left: 0, top: 0, width: 0, height: 0}, false);
    }]},
  };
}

// Queries above, matches below, on one time axis. Dragging over either chooses a time: brushed(from, to), as
// "2026-11-24T10:05". Redraws itself where its room or the colours change, until the page is left.
export function timeline_chart(timeline, {brushed, signal}) {
  const {x, records, matched, step} = filled(timeline);
  const read = h("p", {class: "chart-read", "aria-hidden": "true"});
  const places = [h("div", {class: "plot"}), h("div", {class: "plot"})];
  const figure = h("figure", {class: "timeline"},
    h("figcaption", {}, h("span", {class: "key queries"}, "Logged queries"), h("span", {class: "key matches"}, "Matched"),
      h("span", {class: "unit"}, `by ${timeline.unit}, UTC`), read), places);
  const choose = (from, to) => brushed(as_minute(Math.floor((from + step / 2) / step) * step), as_minute(Math.ceil((to + step / 2) / step) * step));
  let plots = [];
  const draw = () => {
    for (const plot of plots) plot.destroy();
    const width = Math.max(240, places[0].clientWidth);
    const common = {width, step, sync: "timeline", brushed: choose};
    plots = [
      new uPlot(options("Logged queries", records, {...common, height: 150, stroke: colour("--queries")}), [x, records], places[0]),
      new uPlot(options("Matched", matched, {...common, height: 110, stroke: colour("--matches")}), [x, matched], places[1]),
    ];
    for (const plot of plots) plot.over.addEventListener("mousemove", () => {
      const i = plot.cursor.idx;
      read.textContent = i === null || i === undefined ? "" :
        `${as_minute(x[i]).replace("T", " ")}: ${number(records[i])} queries, ${number(matched[i])} matched`;
    });
  };
  const observer = new ResizeObserver(() => requestAnimationFrame(() => figure.isConnected && draw()));
  observer.observe(figure);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", draw, {signal});
  signal.addEventListener("abort", () => {
    observer.disconnect();
    for (const plot of plots) plot.destroy();
  });
  return figure;
}

// Counts as small bars.
export function sparkline(counts) {
  const highest = Math.max(1, ...counts);
  const bars = counts.map((count, i) => {
    const height = count === 0 ? 0 : Math.max(1.5, 18 * count / highest);
    return svg("rect", {x: i * 4, y: 20 - height, width: 3, height, rx: 0.5});
  });
  return svg("svg", {class: "sparkline", viewBox: `0 0 ${counts.length * 4} 20`, "aria-hidden": "true"}, bars);
}
