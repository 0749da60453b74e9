// One range of time for all charts, and the canvas that each of them draws on.
const GUTTER = 72, RIGHT = 14;
const view = { from: run.start, to: run.end }, whole = run.end - run.start;
const styles = () => getComputedStyle(document.documentElement);
let colours = {};
function readColours() {
  const s = styles();
  for (const name of ['panel', 'ink', 'muted', 'line', 'soft', 'ok', 'fail', 'info', 'fault', 'fault-edge', 'invalid', 'invalid-bg', 'lead', 'band',
    'state-killed', 'state-paused', 'state-cut', 'state-starved', 'state-other']) colours[name] = s.getPropertyValue('--' + name).trim();
  colours.outcome = [colours.ok, colours.fail, colours.info];
}
const FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';

class Chart {
  constructor(name, height, draw, find) {
    this.name = name; this.height = height; this.drawing = draw; this.find = find;
    this.host = document.querySelector('[data-chart=' + name + ']');
    this.canvas = this.host.querySelector('canvas');
  }
  paint() {
    const ratio = window.devicePixelRatio || 1, width = this.host.clientWidth;
    this.canvas.width = Math.round(width * ratio); this.canvas.height = Math.round(this.height * ratio);
    this.canvas.style.height = this.height + 'px';
    const g = this.canvas.getContext('2d');
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.font = FONT; g.textBaseline = 'middle';
    this.width = width;
    this.plot = { left: GUTTER, right: width - RIGHT, width: Math.max(1, width - RIGHT - GUTTER) };
    this.drawing(g, this);
  }
  x(t) { return this.plot.left + (t - view.from) / (view.to - view.from) * this.plot.width; }
  // Only inside of the plot: what lies outside of the range does not run over the labels.
  clip(g, body) {
    g.save(); g.beginPath(); g.rect(this.plot.left, 0, this.plot.width, this.height); g.clip();
    body(); g.restore();
  }
  shadeFaults(g, top, height) {
    this.clip(g, () => {
      for (const fault of run.faults) {
        const left = this.x(fault.from), right = this.x(fault.to ?? run.end);
        g.fillStyle = colours.fault; g.fillRect(left, top, Math.max(1, right - left), height);
      }
    });
  }
  timeGrid(g, top, bottom) {
    g.strokeStyle = colours.line; g.lineWidth = 1; g.globalAlpha = .6;
    for (const t of timeTicks(this.plot.width).ticks) {
      const x = Math.round(this.x(t)) + .5;
      g.beginPath(); g.moveTo(x, top); g.lineTo(x, bottom); g.stroke();
    }
    g.globalAlpha = 1;
  }
  frame(g, top, bottom) {
    g.strokeStyle = colours.line; g.lineWidth = 1;
    g.strokeRect(this.plot.left + .5, top + .5, this.plot.width - 1, bottom - top - 1);
  }
  label(g, text, y) {
    g.fillStyle = colours.muted; g.textAlign = 'right'; g.fillText(text, this.plot.left - 8, y); g.textAlign = 'left';
  }
  // For the test that looks at the page: how many pixels are painted. Read once, it is slow.
  probe() {
    if (!this.canvas.width || !this.canvas.height) return;
    const data = this.canvas.getContext('2d').getImageData(0, 0, this.canvas.width, this.canvas.height).data;
    const seen = new Set();
    let painted = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i + 3]) { painted++; if (seen.size < 4096) seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]); }
    this.canvas.dataset.painted = painted; this.canvas.dataset.colours = seen.size;
  }
}

function timeTicks(width) {
  const span = view.to - view.from, raw = span / Math.max(2, width / 110);
  const power = Math.pow(10, Math.floor(Math.log10(raw)));
  const step = [1, 2, 5, 10].map(m => m * power).find(s => s >= raw) || 10 * power;
  const ticks = [];
  for (let i = Math.ceil(view.from / step); i * step <= view.to && ticks.length < 60; i++) ticks.push(i * step);
  const digits = Math.max(0, Math.min(6, Math.ceil(6 - Math.log10(step) - 1e-9)));
  return { ticks, digits: step >= 1e6 ? 0 : digits };
}
// A logarithmic scale over whole decades.
function decades(low, high) {
  const from = Math.floor(Math.log10(Math.max(low, 1)) + 1e-9), to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(high, 2)) - 1e-9));
  return { from, to, at: v => (Math.log10(Math.max(v, Math.pow(10, from))) - from) / (to - from) };
}
function range(low, high) { // operations that reach into the view
  const from = firstAtLeast(ops.reach, low);
  let to = firstAtLeast(ops.at, high);
  while (to < run.n && ops.at[to] <= high) to++;
  return [from, to];
}

const SMALLEST = 20; // µs: closer than this there is nothing to tell apart
function show(from, to) {
  const span = Math.min(Math.max(to - from, Math.min(SMALLEST, whole)), whole), middle = (from + to) / 2;
  const start = Math.min(Math.max(run.start, middle - span / 2), run.end - span);
  view.from = start; view.to = start + span;
  repaint();
}
const zoom = (factor, around = (view.from + view.to) / 2) => show(around - (around - view.from) * factor, around + (view.to - around) * factor);
const pan = share => { const by = (view.to - view.from) * share; show(view.from + by, view.to + by); };

let charts = [], asked = false;
function repaint() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(paintAll);
}
function paintAll() {
  asked = false;
  readColours();
  for (const chart of charts) chart.paint();
  const all = view.from <= run.start && view.to >= run.end, digits = timeTicks(1000).digits + 1;
  document.getElementById('range').textContent = seconds(view.from, digits) + ' – ' + seconds(view.to, digits) + (all ? '' : ' of ' + seconds(run.end, 1));
  document.getElementById('whole').disabled = all;
}
