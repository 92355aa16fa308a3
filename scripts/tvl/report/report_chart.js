"use strict";
// One panel of the report: one metric of one workload against x, drawn with Observable Plot as SVG. The data comes from
// chart_data.py; colours are CSS variables, so a change of theme needs no drawing.

const MARK = 3.4;  // radius of a marker, in pixels
const TICK_ROOM = 34;  // between two names on the x axis
const LETTER = 6.3;  // the width of one, on average
const NAMES = 0.4;  // of the width of a panel, at most, where contestants have a row each
const NAME_ROOM = 15;  // between two names below each other
const LETTERS_HIGH = 11;  // pixels: the height of one
const CROWDED = 6, HEIGHT = 250, TALL = 360;  // with more lines than this, as style.py, a panel is taller
const MARGINS = {marginTop: 10, marginRight: 12, marginBottom: 38, marginLeft: 46};

// matplotlib's marker letters, as in style.py: corners, rotation in degrees, radii in turn.
const POLYGONS = {
  "^": [3, -90], v: [3, 90], "<": [3, 180], ">": [3, 0], s: [4, 45], D: [4, 0], p: [5, -90], h: [6, -90], H: [6, 0],
  8: [8, 22.5], "*": [10, -90, [1, 0.42]], P: [12, 15, [1, 0.37, 1]], X: [12, 60, [1, 0.37, 1]],
};

function corners([count, turn, radii = [1]], radius) {
  return d3.range(count).map((i) => {
    const angle = (turn + (360 * i) / count) * (Math.PI / 180), r = radius * radii[i % radii.length];
    return [r * Math.cos(angle), r * Math.sin(angle)];
  });
}

// A d3 symbol: draw(context, area).
function symbol(letter) {
  if (letter === "d") return {draw: (context, area) => outline(context, corners(POLYGONS.D, side(area)), 0.6)};
  if (!(letter in POLYGONS)) return d3.symbolCircle;
  return {draw: (context, area) => outline(context, corners(POLYGONS[letter], side(area)))};
}

const side = (area) => Math.sqrt(area / Math.PI) * 1.15;

function outline(context, points, narrow = 1) {
  points.forEach(([x, y], i) => context[i ? "lineTo" : "moveTo"](x * narrow, y));
  context.closePath();
}

// 150k  1.5k  0.05, as metrics.py
function tick(value) {
  for (const [factor, letter] of [[1e6, "M"], [1e3, "k"]])
    if (Math.abs(value) >= factor) return `${+(value / factor).toPrecision(4)}${letter}`;
  return String(+value.toPrecision(6));
}

function number(value) {
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString("en");
  if (size === 0) return "0";
  return value.toFixed(size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 4);
}

// Powers of ten, and 3 times these if they are few.
function logTicks(low, high) {
  const steps = Math.log10(high / low) > 2.5 ? [1] : [1, 3];
  const from = Math.floor(Math.log10(low)), to = Math.ceil(Math.log10(high));
  return d3.range(from, to + 1).flatMap((power) => steps.map((step) => step * 10 ** power))
    .filter((value) => value >= low && value <= high);
}

// Drops labels that would touch their left neighbour; the last one stays.
function roomy(ticks, place) {
  const kept = [];
  for (const x of [...ticks].reverse())
    if (!kept.length || Math.abs(place(x) - place(kept[kept.length - 1])) >= TICK_ROOM) kept.push(x);
  return kept;
}

// The d3 scale for a Plot scale option.
function scaleOf({type, domain, constant}) {
  const kinds = {log: d3.scaleLog, symlog: () => d3.scaleSymlog().constant(constant), linear: d3.scaleLinear};
  return kinds[type]().domain(domain);
}

function xScale(x, width) {
  const [first, last] = [x.ticks[0], x.ticks[x.ticks.length - 1]];
  const scale = {type: x.log ? "log" : "linear", range: [MARGINS.marginLeft + 8, width - MARGINS.marginRight - 8],
                 domain: first === last ? [first / 2, first * 2 || 1] : [first, last]};
  if (x.log && first === 0) Object.assign(scale, {type: "symlog", constant: x.threshold});
  return {...scale, ticks: roomy(x.ticks, scaleOf(scale).range(scale.range)),
          label: x.label + (x.log ? " (log scale)" : "")};
}

function yScale(values, log) {
  const domain = log ? [d3.min(values) / 1.6, d3.max(values) * 1.6] : [0, d3.max(values) * 1.12 || 1];
  return {type: log ? "log" : "linear", domain, ticks: log ? logTicks(...domain) : d3.ticks(...domain, 5)};
}

// Points of the visible contestants as objects.
function visible(workload, panel, shown) {
  const named = (rows, keys) => rows.filter((row) => shown(workload.lines[row[0]]))
    .map((row) => Object.fromEntries([["line", workload.lines[row[0]]], ...keys.map((key, i) => [key, row[i + 1]])]));
  return {
    points: named(panel.points, ["x", "y", "low", "high", "n", "signs"]),
    single: named(panel.single, ["x", "y"]),
    user: named(panel.user, ["x", "y"]),
    invalid: named(panel.invalid, ["x", "y", "why"]),
    failed: named(panel.failed, ["x", "failure"]),
  };
}

function hoverText(workload, panel, point) {
  const said = [point.line.label, `${workload.x.name}: ${point.x.toLocaleString("en")}`];
  if (point.failure) return [...said, point.failure].join("\n");
  said.push(`${number(point.y)} ${panel.unit}`);
  if (point.why !== undefined) said.push(`dropped: ${workload.reasons[point.why]}`);
  else if (point.n === 1) said.push("1 repetition");
  else said.push(`${number(point.low)} to ${number(point.high)} in ${point.n} repetitions`);
  return [...said, ...(point.signs ?? []).map(([, text]) => text)].join("\n");
}

function lineMarks(points) {
  return [...d3.group(points, (point) => point.line)].flatMap(([line, of]) => [
    Plot.line(of, {x: "x", y: "y", stroke: line.colour, strokeWidth: 1.7, strokeDasharray: line.dash,
                   className: `line of-${line.place}`}),
    Plot.dot(of, {x: "x", y: "y", fill: line.colour, stroke: "none", r: MARK, symbol: symbol(line.marker),
                  className: `point of-${line.place}`}),
  ]);
}

// Smaller than the marker of a median.
function invalidMarks(invalid, at = {x: "x", y: "y"}) {
  return [...d3.group(invalid, (point) => point.line)].map(([line, of]) =>
    Plot.dot(of, {...at, fill: "var(--paper)", stroke: line.colour, strokeWidth: 1.1, r: 0.75 * MARK,
                  symbol: symbol(line.marker), className: `hollow of-${line.place}`}));
}

const SIGN_PLACES = {"↑": {dy: -10}, "×": {fontSize: 18, fill: "currentColor"}, "⊣": {dx: 9}};

function signMarks(points, at) {
  const has = (sign) => (point) => (point.signs ?? []).some(([one]) => one === sign);
  return Object.entries(SIGN_PLACES).map(([sign, place]) =>
    Plot.text(points.filter(has(sign)), {...at, text: () => sign, fontWeight: 700, fill: (p) => p.line.colour,
                                         className: "sign", ...place}));
}

// A failed contestant without a point: its mark at the edge of the panel.
function failedMarks(failed, at) {
  return Plot.text(failed, {...at, text: () => "×", fontSize: 18, fontWeight: 700, fill: (p) => p.line.colour,
                            className: "failed"});
}

// Ceilings and expected values: dashed lines, each name once, at the right-most place without overlap.
function arithmeticMarks(panel, x, y, height) {
  const across = scaleOf(x).range(x.range), taken = [], names = [];
  const down = scaleOf(y).range([height - MARGINS.marginBottom, MARGINS.marginTop]);
  for (const {name, lines} of panel.arithmetic) {
    const isInside = ([at, value]) => value >= y.domain[0] && down(value) > MARGINS.marginTop + NAME_ROOM &&
      across(at) - x.range[0] > name.length * LETTER;
    const isFree = ([, value]) => taken.every((other) => Math.abs(other - down(value)) > NAME_ROOM);
    const place = d3.greatest(lines.flat().filter((at) => isInside(at) && isFree(at)), ([at]) => at);
    if (!place) continue;
    taken.push(down(place[1]));
    names.push([...place, name]);
  }
  return [
    ...panel.arithmetic.flatMap(({lines}) => lines.map((line) =>
      Plot.line(line, {stroke: "currentColor", strokeDasharray: "5 3", strokeWidth: 1.1, clip: true}))),
    Plot.text(names, {x: "0", y: "1", text: "2", textAnchor: "end", dx: -4, dy: -7, stroke: "var(--paper)",
                      strokeWidth: 3, fill: "currentColor"}),
  ];
}

// Explicit labels: Plot omits those of ticks that are not powers of the base.
function axisMarks(x, y) {
  return [Plot.gridY(y.ticks, {strokeOpacity: 0.15}), Plot.ruleY([y.domain[0]], {strokeOpacity: 0.6}),
          Plot.axisY(y.ticks, {text: tick, label: null, tickSize: 4}),
          Plot.axisX(x.ticks, {text: (size) => (size < 1e4 ? String(size) : tick(size)), label: x.label,
                               labelAnchor: "center", labelArrow: "none", tickSize: 4})];
}

function draw(workload, panel, {width, log, shown}) {
  const seen = visible(workload, panel, shown);
  const kept = (points) => (log ? points.filter((point) => point.failure || point.y > 0) : points);
  const rows = Object.fromEntries(Object.entries(seen).map(([kind, points]) => [kind, kept(points)]));
  const ends = rows.points.flatMap((point) => [point.low, point.high]).filter((end) => !log || end > 0);
  const values = [...[...rows.points, ...rows.invalid, ...rows.single].map((point) => point.y), ...ends];
  const scale = yScale(values.length ? values : [1, 10], log);
  for (const point of rows.failed) point.y = scale.domain[panel.better === "lower" ? 1 : 0];
  const turned = workload.x.ticks.length === 1 && values.length + rows.failed.length > 0;
  const svg = (turned ? byContestant : byX)(workload, panel, {width, rows, scale, shown});
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", panel.describe);
  svg.addEventListener("input", () => { lift(svg, svg.value); unlabel(svg); });
  unlabel(svg);
  return svg;
}

const STYLE = {style: {fontSize: "11px", overflow: "visible"}, color: {type: "identity"}};

// make(points of a line, pixels aside): so that whiskers at one x do not cover each other.
function sideBySide(points, make) {
  const groups = [...d3.group(points, (p) => p.line).values()], step = Math.min(4, 12 / groups.length);
  return groups.map((of, i) => make(of, step * (i - (groups.length - 1) / 2)));
}

// The metric against x, a line per contestant.
function byX(workload, panel, {width, rows, scale: y}) {
  const height = workload.lines.length > CROWDED ? TALL : HEIGHT;
  const x = xScale(workload.x, width), hover = [...rows.points, ...rows.invalid, ...rows.failed];
  const marks = [
    ...axisMarks(x, y),
    ...arithmeticMarks(panel, x, y, height),
    ...sideBySide(rows.points.filter((p) => p.n > 1), (of, dx) => Plot.ruleX(of, {
      x: "x", dx, y1: (p) => Math.max(p.low, y.domain[0]), y2: "high", stroke: (p) => p.line.colour,
      strokeOpacity: 0.75})),
    ...sideBySide(rows.single, (of, dx) => Plot.dot(of, {
      x: "x", y: "y", dx, r: 1.6, fill: (p) => p.line.colour, fillOpacity: 0.4, className: "single"})),
    Plot.line(rows.user, {x: "x", y: "y", z: (p) => p.line.label, stroke: (p) => p.line.colour,
                          strokeDasharray: "1.5 3"}),
    ...lineMarks(rows.points),
    ...invalidMarks(rows.invalid),
    ...signMarks(rows.points, {x: "x", y: "y"}),
    failedMarks(rows.failed, {x: "x", y: "y", dy: panel.better === "lower" ? 6 : -6}),
    hover.length ? tip(workload, panel, hover, {x: "x", y: "y"})
                 : Plot.text(["nothing to draw"], {frameAnchor: "middle", fontSize: 13}),
  ];
  return Plot.plot({width, height, ...MARGINS, ...STYLE, x: {...x, axis: null}, y: {...y, axis: null}, marks});
}

// For a single x: a row per contestant.
function byContestant(workload, panel, {width, rows, scale, shown}) {
  const found = [...rows.points, ...rows.invalid, ...rows.failed], name = (p) => p.line.label, colour = (p) => p.line.colour;
  const names = panel.order.map((place) => workload.lines[place]).filter(shown).map((line) => line.label);
  const without = names.filter((label) => !found.some((p) => name(p) === label));
  const marginLeft = Math.min(d3.max(names, (label) => label.length) * LETTER + 12, width * NAMES);
  const x = {...scale, ticks: roomy(scale.ticks, scaleOf(scale).range([marginLeft, width - MARGINS.marginRight]))};
  const at = {x: "y", y: name};
  const marks = [
    Plot.gridX(x.ticks, {strokeOpacity: 0.15}),
    Plot.ruleX(panel.arithmetic.flatMap(({lines}) => lines.flat()).map(([, value]) => value)
      .filter((value) => value <= x.domain[1]), {strokeDasharray: "5 3"}),
    Plot.axisX(x.ticks, {text: tick, label: panel.unit, labelAnchor: "center", labelArrow: "none", tickSize: 4}),
    Plot.axisY({tickSize: 0, label: null, textOverflow: "ellipsis-middle", lineWidth: (marginLeft - 8) / LETTERS_HIGH}),
    Plot.ruleY(rows.points.filter((p) => p.n > 1), {
      y: name, x1: (p) => Math.max(p.low, x.domain[0]), x2: "high", stroke: colour, strokeOpacity: 0.75}),
    Plot.dot(rows.single, {...at, r: 1.6, fill: colour, fillOpacity: 0.4, className: "single"}),
    Plot.tickX(rows.user, {...at, stroke: colour, strokeWidth: 1.4, insetTop: 4, insetBottom: 4}),
    ...[...d3.group(rows.points, (p) => p.line)].map(([line, of]) =>
      Plot.dot(of, {...at, fill: colour, stroke: "none", r: MARK, symbol: symbol(line.marker)})),
    ...invalidMarks(rows.invalid, at),
    ...signMarks(rows.points, at),
    failedMarks(rows.failed, {...at, dx: panel.better === "lower" ? -6 : 6}),
    Plot.text(without, {x: () => x.domain[0], y: (label) => label, text: () => "n/a", textAnchor: "start", dx: 4}),
    tip(workload, panel, found, at),
  ];
  return Plot.plot({width, height: Math.max(90, 22 * names.length + 50), ...MARGINS, marginLeft, ...STYLE,
                    x: {...x, axis: null}, y: {domain: names, axis: null}, marks});
}

function tip(workload, panel, points, at) {
  return Plot.tip(points, Plot.pointer({...at, title: (p) => hoverText(workload, panel, p), fontSize: 12,
                                           lineHeight: 1.35}));
}

// Plot labels its groups; inside an image they must not have a label.
function unlabel(svg) {
  for (const group of svg.querySelectorAll("[aria-label]")) {
    group.dataset.mark = group.getAttribute("aria-label");
    group.removeAttribute("aria-label");
  }
}

// Highlights the line under the pointer.
function lift(svg, point) {
  svg.classList.toggle("lifted", Boolean(point));
  for (const part of svg.querySelectorAll("[class*=of-]"))
    part.classList.toggle("now", Boolean(point) && part.classList.contains(`of-${point.line.place}`));
}

// A line and its marker, as the charts draw them, for a legend.
function swatch(line) {
  const path = d3.symbol(symbol(line.marker), Math.PI * MARK ** 2)();
  const svg = d3.create("svg").attr("class", "swatch").attr("viewBox", "-17 -6 34 12").attr("aria-hidden", "true");
  svg.append("path").attr("d", "M-16,0H16").attr("style", `stroke:${line.colour}`).attr("stroke-width", 1.7)
    .attr("stroke-dasharray", line.dash || null);
  svg.append("path").attr("d", path).attr("style", `fill:${line.colour}`);
  return svg.node();
}
