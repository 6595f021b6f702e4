// The page: sliders in, numbers of every node out, step by step if wanted. `page` is data, `sweep` the generated code.
const SVG = "http://www.w3.org/2000/svg";
const byId = (id) => document.getElementById(id);
const full = (x) =>
  Number.isNaN(x) ? "nan" : x === Infinity ? "inf" : x === -Infinity ? "-inf" : Object.is(x, -0) ? "-0" : String(x);
const short = (x) => (Number.isFinite(x) ? String(Number(x.toPrecision(6))) : full(x));
const on = (id, event, act) => byId(id) && byId(id).addEventListener(event, act);

const values = page.values.slice();
const boxes = page.names.map((_, i) => document.querySelector(`[data-box="${i}"]`));
const rows = page.names.map((_, i) => document.querySelector(`[data-row="${i}"]`));
const edges = [...document.querySelectorAll(".edge")];
const operations = page.names.map((_, i) => i).filter((i) => page.operands[i].length);
const last = 2 * operations.length + 2; // forward, the seed, backward; and all of it shown
let step = last;
let now = sweep(values);

// --- Numbers ---------------------------------------------------------------------------------------------------

const put = (element, text) => {
  if (element && element.textContent !== text) element.textContent = text;
};

const part = (node, i, grad) => {
  const slope = now.slope[node][i];
  return slope === null || slope === 0 ? 0 : grad[node] * slope;
};

/** What is known at a step: which nodes have data, and the gradients collected so far (null: none yet). */
const known = (at) => {
  const m = operations.length;
  const ready = page.names.map((_, i) => !page.operands[i].length || at > m || operations.indexOf(i) < at);
  if (at === last) return { ready, grad: now.grad };
  const grad = page.names.map(() => null);
  if (at > m) grad[page.root] = now.grad[page.root];
  for (const node of operations.slice().reverse().slice(0, Math.max(at - m - 1, 0))) {
    page.operands[node].forEach((operand, i) => {
      if (operand !== null && now.slope[node][i] !== null) grad[operand] = (grad[operand] ?? 0) + part(node, i, now.grad);
    });
  }
  return { ready, grad };
};

const paintBox = (i, ready, grad, largest) => {
  const box = boxes[i];
  const real = typeof now.data[i] === "number";
  put(box.querySelector(".data"), !ready ? "–" : real ? short(now.data[i]) : String(now.data[i]));
  put(box.querySelector(".grad"), grad === null ? "–" : short(grad));
  const tint = box.querySelector(".tint");
  const strong = grad !== null && Number.isFinite(grad) && grad !== 0 && real;
  tint.setAttribute("class", strong ? `tint ${grad > 0 ? "plus" : "minus"}` : "tint");
  tint.setAttribute("fill-opacity", strong ? (0.06 + 0.44 * Math.sqrt(Math.abs(grad) / largest)).toFixed(3) : "0");
  box.classList.toggle("pending", !ready);
};

const paint = () => {
  const { ready, grad } = known(step);
  const sizes = now.grad.map((g, i) => (typeof now.data[i] === "number" && Number.isFinite(g) ? Math.abs(g) : 0));
  const largest = Math.max(...sizes, 1e-300);
  page.names.forEach((_, i) => paintBox(i, ready[i], grad[i], largest));
  const active = step === last || step === 0 ? null
    : step <= operations.length ? operations[step - 1]
    : step === operations.length + 1 ? page.root : operations[last - 1 - step];
  boxes.forEach((box, i) => box.classList.toggle("now", i === active));
  for (const edge of edges) {
    edge.classList.toggle("now", Number(edge.dataset.head) === active && step !== operations.length + 1);
  }
  put(byId("told"), told(active));
  put(byId("count"), step === last ? `${last - 1} steps` : `step ${step} of ${last - 1}`);
  byId("first").disabled = byId("back").disabled = step === 0;
  byId("next").disabled = byId("last").disabled = step === last;
  if (active !== null) reveal(boxes[active]);
};

const told = (active) => {
  const m = operations.length, output = page.names[page.root];
  if (step === last) return "All steps are done. Start goes through them one by one.";
  if (step === 0) return "The variables are given. Next computes the first operation.";
  if (step === m + 1) return `backward: ∂${output}/∂${output} = ${short(now.grad[page.root])}`;
  if (step <= m) {
    const uses = [...new Set(page.operands[active].filter((o) => o !== null))];
    const given = uses.map((o) => `${page.names[o]} = ${written(o)}`).join(", ");
    return `forward: ${page.titles[active]} = ${written(active)}${given ? `\nwith ${given}` : ""}`;
  }
  const lines = page.operands[active].map((operand, i) => {
    if (operand === null || now.slope[active][i] === null) return null;
    const [a, y] = [page.names[operand], page.names[active]];
    return `∂${output}/∂${a} += ∂${output}/∂${y} · ∂${y}/∂${a} = ${short(now.grad[active])} · (${page.slopes[active][i]}) = ` +
      `${short(now.grad[active])} · ${short(now.slope[active][i])} = ${short(part(active, i, now.grad))}`;
  });
  const said = lines.filter((line) => line !== null);
  return `backward through ${page.titles[active]}\n${said.join("\n") || "no gradient flows here"}`;
};

const written = (i) => (typeof now.data[i] === "number" ? short(now.data[i]) : String(now.data[i]));

/** Scroll the sheet, and only the sheet, so that a box is in sight. */
const reveal = (box) => {
  const sheet = byId("sheet"), a = box.getBoundingClientRect(), b = sheet.getBoundingClientRect();
  if (a.left < b.left || a.right > b.right) sheet.scrollLeft += a.left - b.left - (b.width - a.width) / 2;
  if (a.top < b.top || a.bottom > b.bottom) sheet.scrollTop += a.top - b.top - (b.height - a.height) / 2;
};

const update = () => {
  now = sweep(values);
  put(byId("value"), full(now.data[page.root]));
  page.names.forEach((_, i) => {
    const [data, grad] = rows[i].querySelectorAll("td");
    put(data, typeof now.data[i] === "number" ? full(now.data[i]) : String(now.data[i]));
    put(grad, typeof now.data[i] === "number" ? full(now.grad[i]) : "");
    for (const output of document.querySelectorAll(`[data-partial="${i}"]`)) put(output, full(now.grad[i]));
  });
  put(byId("loss"), full(now.data[page.root]));
  paint();
  later();
};

// --- Variables -------------------------------------------------------------------------------------------------

const place = (i) => {
  const slider = byId(`s${i}`), field = byId(`n${i}`);
  if (!Number.isFinite(values[i])) {
    field.value = "";
    field.placeholder = full(values[i]);
    return;
  }
  if (values[i] < Number(slider.min)) slider.min = String(values[i]);
  if (values[i] > Number(slider.max)) slider.max = String(values[i]);
  slider.value = String(values[i]);
  slider.setAttribute("aria-valuetext", full(values[i]));
  if (document.activeElement !== field || Number(field.value) !== values[i]) field.value = String(values[i]);
};

values.forEach((_, i) => {
  on(`s${i}`, "input", (event) => {
    values[i] = Number(event.target.value);
    byId(`n${i}`).value = event.target.value;
    event.target.setAttribute("aria-valuetext", event.target.value);
    update();
  });
  on(`n${i}`, "input", (event) => {
    if (event.target.value === "" || !event.target.checkValidity()) return;
    values[i] = Number(event.target.value);
    place(i);
    update();
  });
});

on("reset", "click", () => {
  page.values.forEach((value, i) => {
    values[i] = value;
    place(i);
  });
  trained = 0;
  put(byId("trained"), "0 steps");
  update();
});

// --- A graph that is wider than its sheet -------------------------------------------------------------------------

const fit = (wanted) => {
  byId("graph").classList.toggle("fit", wanted);
  byId("fit").setAttribute("aria-pressed", String(wanted));
};
on("fit", "click", () => fit(byId("fit").getAttribute("aria-pressed") !== "true"));
const wide = Number(byId("graph").getAttribute("width")) / byId("sheet").clientWidth;
fit(wide > 1 && wide < 1.6);

// --- One step of gradient descent ------------------------------------------------------------------------------

let trained = 0;
const descend = (times) => {
  const rate = Number(byId("rate").value);
  if (!Number.isFinite(rate)) return;
  for (let k = 0; k < times; k += 1) {
    const { grad } = sweep(values);
    for (const i of page.parameters) if (Number.isFinite(grad[i])) values[i] -= rate * grad[i];
  }
  trained += times;
  put(byId("trained"), `${trained} step${trained === 1 ? "" : "s"}`);
  page.parameters.forEach(place);
  update();
};
on("train", "click", () => descend(1));
on("train10", "click", () => descend(10));

// --- Steps -----------------------------------------------------------------------------------------------------

let timer = null;
const stop = () => {
  if (timer !== null) clearInterval(timer);
  timer = null;
  byId("play").setAttribute("aria-pressed", "false");
  put(byId("play"), "Play");
};
const go = (to) => {
  step = Math.min(Math.max(to, 0), last);
  if (step === last) stop();
  paint();
};
const play = () => {
  if (timer !== null) return stop();
  go(step === last ? 0 : step);
  byId("play").setAttribute("aria-pressed", "true");
  put(byId("play"), "Pause");
  timer = setInterval(() => go(step + 1), 900);
  return undefined;
};
on("first", "click", () => { stop(); go(0); });
on("back", "click", () => { stop(); go(step - 1); });
on("next", "click", () => { stop(); go(step === last ? 0 : step + 1); });
on("last", "click", () => { stop(); go(last); });
on("play", "click", play);
document.addEventListener("keydown", (event) => {
  const used = event.target.closest?.("input, select, textarea, summary");
  const pressed = event.target.closest?.("button");
  if (used || event.ctrlKey || event.altKey || event.metaKey || (pressed && event.key === " ")) return;
  const act = {
    ArrowRight: () => { stop(); go(step + 1); }, ArrowLeft: () => { stop(); go(step - 1); },
    " ": () => { stop(); go(step === last ? 0 : step + 1); },
    Home: () => { stop(); go(0); }, End: () => { stop(); go(last); }, p: play,
  }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// --- The plot --------------------------------------------------------------------------------------------------

const SAMPLES = 240;
const chosen = () => Number(byId("along").value);

const at = (i, x) => {
  const point = values.slice();
  point[i] = x;
  const found = sweep(point);
  return [found.data[page.root], found.grad[i]];
};

/** Whether a curve jumps between two points: the larger half of the rise stays as large, however small it becomes. */
const jumps = (f, a, ya, b, yb) => {
  const whole = Math.abs(yb - ya);
  for (let k = 0; k < 30; k += 1) {
    const m = (a + b) / 2, ym = f(m);
    if (!Number.isFinite(ym)) return true;
    if (Math.abs(ym - ya) > Math.abs(yb - ym)) [b, yb] = [m, ym];
    else [a, ya] = [m, ym];
    if (Math.abs(yb - ya) < whole / 8) return false;
  }
  return true;
};

/** The heights that are shown: all of them, or without the far ends of poles. */
const range = (ys, here) => {
  const sorted = ys.filter(Number.isFinite).sort((p, q) => p - q);
  if (!sorted.length) return [-1, 1];
  const low = sorted[Math.floor(sorted.length * 0.06)], high = sorted[Math.ceil(sorted.length * 0.94) - 1];
  let [bottom, top] = [sorted[0], sorted[sorted.length - 1]];
  if (top - bottom > 6 * (high - low) && high > low) [bottom, top] = [low - (high - low), high + (high - low)];
  if (Number.isFinite(here)) [bottom, top] = [Math.min(bottom, here), Math.max(top, here)];
  if (top - bottom < 1e-9 * Math.max(Math.abs(top), 1e-300)) [bottom, top] = [bottom - (Math.abs(bottom) || 1), top + (Math.abs(top) || 1)];
  const room = 0.07 * (top - bottom);
  return [bottom - room, top + room];
};

const ticks = (low, high, wanted) => {
  const raw = (high - low) / wanted, unit = 10 ** Math.floor(Math.log10(raw));
  const size = [1, 2, 5, 10].find((k) => k * unit >= raw) * unit;
  const found = [];
  for (let k = Math.ceil(low / size); k * size <= high && found.length < 20; k += 1) found.push(Number((k * size).toPrecision(12)));
  return found;
};

const element = (parent, tag, attributes, text) => {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
};

const panel = (svg, box, xs, ys, f, style, name, here) => {
  const [low, high] = [xs[0], xs[xs.length - 1]];
  const [bottom, top] = range(ys, here[1]);
  const px = (x) => box.x + ((x - low) / (high - low)) * box.w;
  const py = (y) => box.y + box.h - ((y - bottom) / (top - bottom)) * box.h;
  const inside = (y) => Math.min(Math.max(py(y), box.y - 4 * box.h), box.y + 5 * box.h);
  for (const t of ticks(bottom, top, Math.max(box.h / 45, 2))) {
    element(svg, "line", { class: t === 0 ? "zero" : "grid", x1: box.x, x2: box.x + box.w, y1: py(t), y2: py(t) });
    element(svg, "text", { x: box.x - 8, y: py(t) + 4, "text-anchor": "end" }, short(t));
  }
  for (const t of ticks(low, high, Math.max(box.w / 60, 2))) {
    element(svg, "line", { class: t === 0 ? "zero" : "grid", x1: px(t), x2: px(t), y1: box.y, y2: box.y + box.h });
    element(svg, "text", { x: px(t), y: box.y + box.h + 16, "text-anchor": "middle" }, short(t));
  }
  const clip = element(svg, "svg", { x: box.x, y: box.y, width: box.w, height: box.h, viewBox: `${box.x} ${box.y} ${box.w} ${box.h}` });
  if (Number.isFinite(here[0])) element(clip, "line", { class: "here", x1: px(here[0]), x2: px(here[0]), y1: box.y, y2: box.y + box.h });
  let d = "", drawn = false;
  xs.forEach((x, k) => {
    if (!Number.isFinite(ys[k])) {
      drawn = false;
      return;
    }
    if (drawn && Math.abs(py(ys[k]) - py(ys[k - 1])) > box.h / 25 && jumps(f, xs[k - 1], ys[k - 1], x, ys[k])) drawn = false;
    d += `${drawn ? "L" : "M"}${px(x).toFixed(1)} ${inside(ys[k]).toFixed(1)}`;
    drawn = true;
  });
  if (d) element(clip, "path", { class: style, d });
  element(svg, "text", { class: "name", x: box.x + 8, y: box.y + 16 }, name);
  return { clip, px, py, low, high };
};

const plot = () => {
  const svg = byId("plot");
  if (!svg) return;
  const i = chosen(), low = Number(byId("from").value), high = Number(byId("to").value);
  svg.replaceChildren();
  if (!(low < high)) return;
  const width = svg.clientWidth || 640, height = svg.clientHeight || 420, h = (height - 80) / 2;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const xs = Array.from({ length: SAMPLES + 1 }, (_, k) => low + ((high - low) * k) / SAMPLES);
  const found = xs.map((x) => at(i, x));
  const [x, f, name] = [values[i], page.names[page.root], page.names[i]];
  const [y, slope] = at(i, x);
  const room = { x: 66, w: width - 80, h };
  const one = panel(svg, { ...room, y: 10 }, xs, found.map((p) => p[0]), (t) => at(i, t)[0], "curve", f, [x, y]);
  if (Number.isFinite(slope) && Number.isFinite(y) && Number.isFinite(x)) {
    const line = (t) => one.py(y + slope * (t - x));
    element(one.clip, "line", { class: "tangent", x1: one.px(low), x2: one.px(high), y1: line(low), y2: line(high) });
    element(one.clip, "circle", { cx: one.px(x), cy: one.py(y), r: 4.5 });
  }
  const two = panel(svg, { ...room, y: h + 50 }, xs, found.map((p) => p[1]), (t) => at(i, t)[1], "rate", `∂${f}/∂${name}`, [x, slope]);
  if (Number.isFinite(slope) && Number.isFinite(x)) element(two.clip, "circle", { cx: two.px(x), cy: two.py(slope), r: 4.5 });
  svg.setAttribute("aria-label", `${f} and its derivative by ${name}, from ${short(low)} to ${short(high)}; at ${short(x)}: ${short(y)}, slope ${short(slope)}`);
};

let planned = false;
const later = () => {
  if (planned || !byId("plot")) return;
  planned = true;
  requestAnimationFrame(() => {
    planned = false;
    plot();
  });
};
const span = () => {
  const slider = byId(`s${chosen()}`);
  byId("from").value = slider.min;
  byId("to").value = slider.max;
  later();
};
on("along", "change", span);
on("from", "input", later);
on("to", "input", later);
window.addEventListener("resize", later);
window.addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
  plot();
});

if (byId("plot")) span();
values.forEach((_, i) => place(i));
update();
