"use strict";
// Controls of the page: hide contestants, switch an axis between linear and logarithmic, sort a table, save it as CSV,
// choose light or dark. No choice is stored.

const run = JSON.parse(document.getElementById("run").textContent);
for (const workload of run.workloads) workload.lines.forEach((line, place) => { line.place = place; });
const FEW = 6;  // lines of a legend that has room to say what each contestant is
const hidden = new Set();  // contestants
const panels = [];  // {figure, workload, panel, log, near}: near: was on the screen once, so it is drawn
const isShown = (line) => !hidden.has(line.contestant);

function redraw(entry) {
  const place = entry.figure.querySelector(".chart"), width = Math.floor(place.clientWidth);
  if (!entry.near || !width) return;
  place.replaceChildren(draw(entry.workload, entry.panel, {width, log: entry.log, shown: isShown}));
  entry.width = width;
}

function setLog(entry, log) {
  entry.log = log && entry.panel.canLog;
  const button = entry.figure.querySelector("button.scale");
  button.textContent = `axis: ${entry.log ? "log" : "linear"}`;
  button.title = `Switch to a ${entry.log ? "linear" : "logarithmic"} axis`;
  redraw(entry);
}

function startPanels() {
  const entries = new Map();
  // A long report has a hundred panels; only visible ones are drawn.
  const near = new IntersectionObserver((seen) => seen.filter((one) => one.isIntersecting).forEach(({target}) => {
    near.unobserve(target);
    entries.get(target).near = true;
    redraw(entries.get(target));
  }), {rootMargin: "400px"});
  const size = new ResizeObserver((seen) => seen.forEach(({target}) => {
    const entry = entries.get(target);
    if (Math.floor(target.querySelector(".chart").clientWidth) !== entry.width) redraw(entry);
  }));
  for (const workload of run.workloads)
    for (const panel of workload.panels) {
      const figure = document.getElementById(`${workload.id}-${panel.key}`);
      const entry = {figure, workload, panel, near: false};
      entries.set(figure, entry);
      panels.push(entry);
      setLog(entry, panel.log);
      figure.querySelector("button.scale").addEventListener("click", () => setLog(entry, !entry.log));
      figure.querySelector("button.scale").disabled = !panel.canLog;
      near.observe(figure);
      size.observe(figure);
    }
  addEventListener("beforeprint", () => panels.forEach((entry) => { entry.near = true; redraw(entry); }));
}

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function toggle(contestant) {
  hidden.has(contestant) ? hidden.delete(contestant) : hidden.add(contestant);
  applyFilter();
}

function applyFilter() {
  for (const one of document.querySelectorAll("[data-contestant]")) {
    const off = hidden.has(one.dataset.contestant);
    if (one.matches("button")) one.setAttribute("aria-pressed", String(!off));
    else if (one.matches("input")) one.checked = !off;
    else one.hidden = off;
  }
  const total = run.contestants.length, left = run.contestants.filter((name) => !hidden.has(name)).length;
  document.getElementById("shown").textContent = left === total ? "all" : `${left} of ${total}`;
  panels.forEach(redraw);
}

function startFilter() {
  const list = document.getElementById("contestants");
  const titles = new Map(run.workloads.flatMap(({lines}) => lines.map((line) => [line.contestant, line.title])));
  for (const name of run.contestants) {
    const box = element("input", {type: "checkbox", "data-contestant": name});
    box.checked = true;
    box.addEventListener("change", () => toggle(name));
    const title = titles.get(name);
    const small = element("small", {}, title === name ? "" : ` ${title}`);
    list.append(element("label", {}, box, element("span", {}, name, small)));
  }
  const all = (names) => () => { hidden.clear(); names.forEach((name) => hidden.add(name)); applyFilter(); };
  document.getElementById("show-all").addEventListener("click", all([]));
  document.getElementById("show-none").addEventListener("click", all(run.contestants));
  for (const workload of run.workloads) {
    const legend = document.getElementById(`${workload.id}-legend`);
    for (const line of workload.lines) {
      const said = element("span", {}, line.label);
      if (workload.lines.length <= FEW && line.title !== line.contestant)
        said.append(element("small", {}, ` ${line.title}`));
      const button = element("button", {type: "button", "aria-pressed": "true", "data-contestant": line.contestant},
                             swatch(line), said);
      button.title = `${line.title}; press to hide or show ${line.contestant} everywhere`;
      button.addEventListener("click", () => toggle(line.contestant));
      legend.append(button);
    }
  }
  document.addEventListener("click", (event) => {
    const open = document.querySelector("details.filter[open]");
    if (open && !open.contains(event.target)) open.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const open = document.querySelector("details.filter[open]");
    if (event.key === "Escape" && open) { open.open = false; open.querySelector("summary").focus(); }
  });
}

function startScales() {
  const select = document.getElementById("scales");
  select.addEventListener("change", () => panels.forEach((entry) =>
    setLog(entry, select.value === "log" || (select.value === "" && entry.panel.log))));
}

// A row without a number goes to the end, in either direction.
function sortBy(table, column, direction) {
  const key = (row) => row.cells[column]?.dataset.value || undefined;
  const isNumber = (text) => text !== undefined && text.trim() !== "" && Number.isFinite(+text);
  const compare = (a, b) => (isNumber(a) && isNumber(b) ? a - b : String(a).localeCompare(b, "en", {numeric: true}));
  const body = table.tBodies[0], rows = [...body.rows];
  rows.sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    if (left === undefined || right === undefined) return (left === undefined) - (right === undefined);
    return direction * compare(left, right);
  });
  body.replaceChildren(...rows);
  table.classList.toggle("sorted", column !== 0 || direction < 0);
  [...table.tHead.rows[0].cells].forEach((cell, i) => i === column
    ? cell.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending") : cell.removeAttribute("aria-sort"));
}

function startTables() {
  for (const table of document.querySelectorAll("table.numbers")) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = element("button", {type: "button", title: "Sort by this column"}, head.textContent);
      button.addEventListener("click", () => sortBy(table, column, head.ariaSort === "ascending" ? -1 : 1));
      head.replaceChildren(button);
    });
    const save = element("button", {type: "button", class: "save"}, "Save as CSV");
    save.setAttribute("aria-label", `Save as CSV: ${table.parentElement.getAttribute("aria-label")}`);
    save.addEventListener("click", () => saveTable(table));
    table.parentElement.after(save);
  }
}

function csv(table) {
  const isFormula = (text) => /^[=+@-]/.test(text) && isNaN(text);  // to a spreadsheet
  const quoted = (text) => `"${isFormula(text) ? "'" : ""}${text.replaceAll('"', '""')}"`;
  const line = (row) => [...row.cells].map((cell) => quoted(cell.dataset.value || cell.textContent)).join(",");
  return [...table.rows].filter((row) => !row.hidden).map((row) => `${line(row)}\n`).join("");
}

const saveTable = (table) => saveFile(`${table.closest("section").id}.csv`, csv(table), "text/csv");

function saveFile(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], {type}));
  element("a", {href: url, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);  // the download has begun by then
}

// The theme is the system's until the reader chooses one.
function startTheme() {
  const button = document.getElementById("theme"), dark = matchMedia("(prefers-color-scheme: dark)");
  const chosen = document.documentElement.dataset, now = () => chosen.theme || (dark.matches ? "dark" : "light");
  const say = () => { button.textContent = now() === "dark" ? "Light" : "Dark"; };
  button.addEventListener("click", () => {
    chosen.theme = now() === "dark" ? "light" : "dark";
    say();
  });
  dark.addEventListener("change", say);
  say();
}

document.documentElement.classList.add("live");
startTheme();
startTables();
startPanels();
startFilter();
startScales();
