"use strict";
// Where the CPU time of a request goes, frame by frame: an icicle of one point, or of two to see what one has more of.
// Data of stacks.py. Without a mouse: arrow keys go from frame to frame, Enter zooms in, Escape out.

const ROW = 19;  // pixels: the height of a frame
const NARROWEST = 0.6;  // pixels: a frame below is not drawn
const FRAME_LETTER = 6.6;  // pixels: the width of one, on average

// [[names from outside in], samples] of a point of stacks.py.
function stacksOf(point, names) {
  const found = [], go = ([name, samples, children = []], above) => {
    const here = [...above, names[name]], own = samples - d3.sum(children, ([, count]) => count);
    if (own > 0) found.push([here, own]);
    children.forEach((child) => go(child, here));
  };
  point.tree.forEach((child) => go(child, []));
  return found;
}

// Two programs have different callers. What they have in common begins at the last function before the kernel.
function comparable([names, samples]) {
  const kernel = names.findIndex((name) => name.endsWith("_[k]"));
  const kept = names.slice(Math.max(0, kernel < 0 ? names.length - 1 : kernel - 1));
  return [kept.map((name) => name.replace(/^(?!.*\.so).*`/, "program`")), samples];
}

// Frames as {name, us: [of the one, of the other], own, children}; us: per request, or percent where the cost is unknown.
function united(points, stacks) {
  const made = (name) => ({name, us: [0, 0], own: 0, children: new Map()}), all = made("all");
  points.forEach((point, side) => {
    const unit = (point.us ?? 100) / point.samples;
    for (const [names, samples] of stacks[side]) {
      let at = all;
      at.us[side] += samples * unit;
      for (const name of names) {
        if (!at.children.has(name)) at.children.set(name, made(name));
        at = at.children.get(name);
        at.us[side] += samples * unit;
      }
      at.own += samples * unit;
    }
  });
  return all;
}

class Icicle {
  constructor(place, data) {
    const classOf = new Map(data.names.map((name, i) => [name, data.classes[data.classOf[i]]]));
    Object.assign(this, {data, classOf, zoomed: null, focus: null});
    const find = (name) => place.querySelector(`.${name}`);
    [this.point, this.other, this.search] = ["point", "other", "search"].map(find);
    [this.chart, this.said, this.found] = ["icicle", "said-of-frame", "found"].map(find);
    for (const select of [this.point, this.other])
      data.points.forEach((point, i) => select.append(new Option(point.name, i)));
    for (const select of [this.point, this.other]) select.addEventListener("change", () => this.load());
    this.search.addEventListener("input", () => this.draw());
    this.chart.addEventListener("keydown", (event) => this.key(event));
    find("folded").addEventListener("click", () => this.save("folded.txt", this.folded(), "text/plain"));
    find("speedscope").addEventListener("click", () => this.save("speedscope.json", this.speedscope(), "application/json"));
    new ResizeObserver(() => this.chart.clientWidth !== this.width && this.draw()).observe(this.chart);
    this.load();
  }

  chosen() {
    return [this.point, this.other].filter((select) => select.value !== "").map((select) => this.data.points[+select.value]);
  }

  load() {
    const points = this.chosen(), stacks = points.map((point) => stacksOf(point, this.data.names));
    const tree = united(points, points.length > 1 ? stacks.map((of) => of.map(comparable)) : stacks);
    this.root = d3.hierarchy(tree, (node) => [...node.children.values()]).sum((node) => node.own)
      .sort((a, b) => b.value - a.value);
    this.zoomed = this.focus = this.root;
    this.unit = this.chosen().every((point) => point.us !== null) ? "µs" : "%";
    this.draw();
    this.say(this.root);
  }

  draw() {
    const width = this.width = this.chart.clientWidth;
    if (!width) return;
    const shown = this.zoomed.copy();
    d3.partition().size([width, (shown.height + 1) * ROW])(shown);
    const nodes = shown.descendants().filter((node) => node.x1 - node.x0 >= NARROWEST);
    const wanted = this.search.value.trim().toLowerCase();
    const isFound = (node) => wanted !== "" && node.data.name.toLowerCase().includes(wanted);
    const height = (1 + d3.max(nodes, (node) => node.depth)) * ROW;
    const svg = d3.create("svg").attr("width", width).attr("height", height).attr("viewBox", [0, 0, width, height])
      .attr("aria-hidden", "true");
    const frames = svg.selectAll("g").data(nodes).join("g").attr("transform", (node) => `translate(${node.x0},${node.depth * ROW})`)
      .classed("found", isFound).classed("focus", (node) => node.data === this.focus.data);
    frames.append("rect").attr("width", (node) => Math.max(0.3, node.x1 - node.x0 - 0.5)).attr("height", ROW - 1)
      .style("fill", (node) => this.colour(node));
    frames.append("text").attr("x", 3).attr("y", ROW - 6).text((node) => fitting(node.data.name, node.x1 - node.x0));
    frames.append("title").text((node) => this.sentence(node));
    const originals = new Map(this.zoomed.descendants().map((node) => [node.data, node]));
    frames.on("click", (event, node) => this.zoom(originals.get(node.data)))
      .on("mouseenter", (event, node) => this.say(originals.get(node.data)));
    this.chart.replaceChildren(svg.node());
    this.tellFound(wanted, isFound);
  }

  // The class of the frame, or that of the nearest caller that has one; of two points, which one has more.
  colour(node) {
    if (this.chosen().length > 1) {
      const [one, other] = node.data.us, more = (one - other) / (one + other || 1);
      return `color-mix(in srgb, var(--band), var(${more > 0 ? "--worse" : "--link"}) ${Math.round(60 * Math.abs(more))}%)`;
    }
    for (let at = node; at; at = at.parent) {
      const key = this.classOf.get(at.data.name);
      if (key) return `color-mix(in srgb, var(--paper), var(--cost-${key}) 45%)`;
    }
    return "var(--band)";
  }

  sentence(node) {
    const [one, other] = node.data.us, [whole] = this.root.data.us;
    const of = (value) => `${number(value)} ${this.unit}`;
    if (this.chosen().length > 1) {
      const [first, second] = this.chosen();
      return `${node.data.name}: ${of(one)} in ${first.name}, ${of(other)} in ${second.name}: ` +
        `${one >= other ? "" : "−"}${of(Math.abs(one - other))} of difference`;
    }
    return `${node.data.name}: ${of(one)} of ${of(whole)}${this.unit === "%" ? "" : ` (${number((100 * one) / whole)} %)`}`;
  }

  say(node) {
    this.focus = node;
    this.said.textContent = this.sentence(node);
    for (const one of this.chart.querySelectorAll("g"))
      one.classList.toggle("focus", one.__data__.data === node.data);
  }

  // Frames inside of a frame that is found do not count again.
  tellFound(wanted, isFound) {
    const outermost = (node) => (isFound(node) ? [node] : (node.children ?? []).flatMap(outermost));
    const found = wanted === "" ? [] : outermost(this.root);
    const sums = [0, 1].map((side) => d3.sum(found, (node) => node.data.us[side]));
    const said = this.chosen().map((point, side) => `${number(sums[side])} ${this.unit} in ${point.name}`).join(", ");
    this.found.textContent = wanted === "" ? "" : `frames with “${wanted}”: ${said}`;
  }

  zoom(node) {
    this.zoomed = node === this.zoomed ? node.parent ?? this.root : node;
    this.draw();
    this.say(node);
  }

  key(event) {
    const at = this.focus, beside = at.parent?.children ?? [at], place = beside.indexOf(at);
    const next = {ArrowDown: at.children?.[0], ArrowUp: at.parent, ArrowRight: beside[place + 1],
                  ArrowLeft: beside[place - 1]}[event.key];
    if (event.key === "Enter") this.zoom(at);
    else if (event.key === "Escape") this.zoom(this.root);
    else if (next) this.say(next);
    else if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
  }

  stacks() { return stacksOf(this.chosen()[0], this.data.names); }

  folded() { return this.stacks().map(([names, samples]) => `${names.join(";")} ${samples}\n`).join(""); }

  speedscope() {
    const stacks = this.stacks(), names = [...new Set(stacks.flatMap(([frames]) => frames))];
    const places = new Map(names.map((name, i) => [name, i])), total = d3.sum(stacks, ([, samples]) => samples);
    return JSON.stringify({
      $schema: "https://www.speedscope.app/file-format-schema.json", exporter: "threads-vs-loop",
      shared: {frames: names.map((name) => ({name}))},
      profiles: [{type: "sampled", name: this.chosen()[0].name, unit: "none", startValue: 0, endValue: total,
                  samples: stacks.map(([frames]) => frames.map((name) => places.get(name))),
                  weights: stacks.map(([, samples]) => samples)}],
    });
  }

  save(name, text, type) { saveFile(`${this.chosen()[0].file}.${name}`, text, type); }
}

function fitting(name, width) {
  const letters = Math.floor((width - 6) / FRAME_LETTER);
  return letters < 3 ? "" : name.length <= letters ? name : `${name.slice(0, letters - 1)}…`;
}

for (const place of document.querySelectorAll(".stacks"))
  new Icicle(place, JSON.parse(document.getElementById("stacks-data").textContent));
