// Faults, latency, rate and staleness over time.

function drawOverview(g, chart) {
  const h = chart.height, p = chart.plot, buckets = new Float64Array(Math.ceil(p.width));
  for (let i = 0; i < run.n; i++) buckets[Math.min(buckets.length - 1, Math.floor((ops.at[i] - run.start) / whole * buckets.length))]++;
  const most = Math.max(1, ...buckets);
  g.fillStyle = colours.soft; g.fillRect(p.left, 0, p.width, h);
  const across = t => p.left + (t - run.start) / whole * p.width;
  for (const fault of run.faults) { g.fillStyle = colours['fault-edge']; g.fillRect(across(fault.from), 0, Math.max(1, across(fault.to ?? run.end) - across(fault.from)), 3); }
  g.fillStyle = colours.ok; g.globalAlpha = .45;
  for (let i = 0; i < buckets.length; i++) { const y = (h - 5) * buckets[i] / most; g.fillRect(p.left + i, h - y, 1, y); }
  g.globalAlpha = 1;
  const left = across(view.from), right = across(view.to);
  g.fillStyle = colours.panel; g.globalAlpha = .65;
  g.fillRect(p.left, 0, left - p.left, h); g.fillRect(right, 0, p.right - right, h);
  g.globalAlpha = 1; g.strokeStyle = colours.muted; g.lineWidth = 1.5; g.strokeRect(left + .5, .75, Math.max(2, right - left - 1), h - 1.5);
  chart.label(g, 'whole run', h / 2);
}

// Windows that overlap stand on rows of their own.
const faultRows = (() => {
  const ends = [], rows = run.faults.map(fault => {
    let row = ends.findIndex(end => end <= fault.from);
    if (row < 0) row = ends.length;
    ends[row] = fault.to ?? run.end;
    return row;
  });
  return { rows, count: Math.max(1, ends.length) };
})();
const FAULT_ROW = 20, AXIS = 20;
function drawAxis(g, chart) {
  const { ticks, digits } = timeTicks(chart.plot.width);
  g.fillStyle = colours.muted; g.textAlign = 'center';
  for (const t of ticks) {
    const text = seconds(t, digits), half = g.measureText(text).width / 2;
    g.fillText(text, Math.min(chart.plot.right - half, Math.max(chart.plot.left + half, chart.x(t))), AXIS / 2);
  }
  g.textAlign = 'left';
}
function drawFaults(g, chart) {
  drawAxis(g, chart);
  chart.timeGrid(g, AXIS - 3, chart.height);
  chart.label(g, 'faults', AXIS + FAULT_ROW / 2);
  chart.clip(g, () => run.faults.forEach((fault, i) => {
    const left = chart.x(fault.from), right = Math.max(left + 3, chart.x(fault.to ?? run.end)), top = AXIS + faultRows.rows[i] * FAULT_ROW + 1;
    g.fillStyle = colours.panel; g.fillRect(left, top, right - left, FAULT_ROW - 3);
    g.fillStyle = colours.fault; g.fillRect(left, top, right - left, FAULT_ROW - 3);
    g.strokeStyle = fault.error ? colours.invalid : colours['fault-edge']; g.lineWidth = fault.error ? 1.5 : 1; g.strokeRect(left + .5, top + .5, right - left - 1, FAULT_ROW - 4);
    const from = Math.max(left, chart.plot.left) + 5, room = Math.min(right, chart.plot.right) - from - 3;
    g.fillStyle = colours.ink; fit(g, [fault.label + (fault.nodes.length ? ' ' + fault.nodes.join(',') : ''), fault.label, fault.kind + ' ' + fault.nodes.join(','), fault.kind, fault.kind.slice(0, 3) + '…'], from, top + (FAULT_ROW - 3) / 2, room);
  }));
  if (!run.faults.length) { g.fillStyle = colours.muted; g.fillText('none', chart.plot.left + 6, AXIS + FAULT_ROW / 2); }
}
// The first text that fits, or none.
function fit(g, texts, x, y, room) {
  for (const text of texts) if (g.measureText(text).width <= room) { g.fillText(text, x, y); return; }
}
function findFault(chart, x, y) {
  const i = run.faults.findIndex((fault, i) => { const top = AXIS + faultRows.rows[i] * FAULT_ROW; return y >= top && y < top + FAULT_ROW && x >= chart.x(fault.from) - 2 && x <= chart.x(fault.to ?? run.end) + 2; });
  return i < 0 ? null : describeFault(run.faults[i]);
}
function describeFault(fault) {
  return '<b>' + escapeHtml(fault.label) + '</b> ' + escapeHtml(fault.nodes.join(', ')) + '<br>' + seconds(fault.from, 3) + ' – ' + (fault.to == null ? 'never seen healed' : seconds(fault.to, 3) + ' (' + time(fault.to - fault.from) + ')')
    + (fault.seen ? '<br>' + escapeHtml(fault.seen) : '') + (fault.tool ? '<br>with ' + escapeHtml(fault.tool) : '') + (fault.error ? '<br><span class="fail">' + escapeHtml(fault.error) + '</span>' : '');
}

// A scatter of one duration (µs + 1, 0 for none) over time, on a logarithmic scale with a row at the bottom for exact zeros.
function scatter(value, options) {
  let low = Infinity, high = 1;
  for (let i = 0; i < run.n; i++) if (value[i] > 1) { low = Math.min(low, value[i] - 1); high = Math.max(high, value[i] - 1); }
  if (options.line) high = Math.max(high, options.line);
  const scale = decades(Math.min(low, high), high * 1.05), top = 4;
  const bottom = chart => chart.height - 4 - (options.zeros ? 12 : 0);
  const y = (chart, v) => v === 0 && options.zeros ? chart.height - 8 : bottom(chart) - scale.at(v) * (bottom(chart) - top);
  const place = (chart, i) => value[i] ? y(chart, value[i] - 1) : options.pending ? top + 5 : NaN;
  function draw(g, chart) {
    chart.shadeFaults(g, top, chart.height - top - 4);
    chart.timeGrid(g, top, chart.height - 4);
    for (let d = scale.from; d <= scale.to; d++) {
      const at = Math.round(y(chart, Math.pow(10, d))) + .5;
      g.strokeStyle = colours.line; g.beginPath(); g.moveTo(chart.plot.left, at); g.lineTo(chart.plot.right, at); g.stroke();
      if (at > top + 4 && !(options.zeros && at > chart.height - 20)) chart.label(g, time(Math.pow(10, d)), Math.min(at, chart.height - 9));
    }
    if (options.zeros) chart.label(g, 'fresh', chart.height - 8);
    const [from, to] = range(view.from, view.to), width = Math.ceil(chart.plot.width) + 1;
    // One mark for each pixel: a hundred thousand marks are drawn as fast as a few thousand.
    const taken = new Uint8Array(width * chart.height), later = [];
    chart.clip(g, () => {
      const size = to - from > 20000 ? 2 : 3;
      g.fillStyle = colours.ok; g.globalAlpha = to - from > 5000 ? .6 : .8;
      for (let i = from; i < to; i++) {
        const at = place(chart, i);
        if (at !== at || !visible(i)) continue;
        const x = chart.x(ops.at[i]), cell = Math.floor(x - chart.plot.left) + Math.floor(at) * width;
        if (x < chart.plot.left) continue;
        if (ops.outcome[i] !== OK || evidence.has(ops.index[i])) { later.push(i); continue; }
        if (taken[cell]) continue;
        taken[cell] = 1; g.fillRect(x - size / 2, at - size / 2, size, size);
      }
      g.globalAlpha = 1; g.lineWidth = 1.4;
      const drawn = new Set(), arm = later.length > 1500 ? 2 : 3; // in cells of two pixels
      if (later.length > 1500) g.globalAlpha = .75;
      for (const i of later) {
        const x = chart.x(ops.at[i]), at = place(chart, i), cell = (x >> 1) * 8192 + (at >> 1) * 4 + ops.outcome[i];
        if (!drawn.has(cell)) { drawn.add(cell); mark(g, ops.outcome[i], x, at, arm); }
        if (evidence.has(ops.index[i])) { g.strokeStyle = colours.invalid; g.beginPath(); g.arc(x, at, 7, 0, 7); g.stroke(); }
      }
      if (options.line) {
        const at = Math.round(y(chart, options.line)) + .5;
        g.strokeStyle = colours.invalid; g.setLineDash([6, 4]); g.beginPath(); g.moveTo(chart.plot.left, at); g.lineTo(chart.plot.right, at); g.stroke(); g.setLineDash([]);
        g.fillStyle = colours.invalid; g.textAlign = 'right'; g.fillText('bound ' + time(options.line), chart.plot.right - 6, at + 9); g.textAlign = 'left';
      }
    });
    chart.frame(g, top, chart.height - 4);
  }
  function find(chart, px, py) {
    let best = null, nearest = 100;
    const [from, to] = range(view.from, view.to);
    for (let i = from; i < to; i++) {
      if (!visible(i)) continue;
      const dx = chart.x(ops.at[i]) - px;
      if (dx * dx > nearest) continue;
      const dy = place(chart, i) - py, distance = dx * dx + dy * dy;
      if (distance <= nearest) { nearest = distance; best = i; }
    }
    return best === null ? null : describe(best);
  }
  return { draw, find };
}
function mark(g, outcome, x, y, arm) {
  g.strokeStyle = g.fillStyle = colours.outcome[outcome];
  if (outcome === OK) { g.beginPath(); g.arc(x, y, 2, 0, 7); g.fill(); return; }
  g.beginPath();
  if (outcome === FAIL) { g.moveTo(x - arm, y - arm); g.lineTo(x + arm, y + arm); g.moveTo(x + arm, y - arm); g.lineTo(x - arm, y + arm); g.stroke(); return; }
  g.moveTo(x, y - 4); g.lineTo(x + 3.6, y + 3); g.lineTo(x - 3.6, y + 3); g.closePath(); g.fill();
}

// Answers per second, stacked: ok below, then fail, then info. Operations that the page leaves out are counted in.
function rateBins(width) {
  const bins = Math.max(8, Math.floor(width / 5)), counts = OUTCOMES.map(() => new Float64Array(bins)), span = view.to - view.from;
  const [from, to] = range(view.from, view.to);
  for (let i = from; i < to; i++) {
    if (ops.took[i] === 0 || !visible(i)) continue;
    const bin = Math.floor((ops.end[i] - view.from) / span * bins);
    if (bin >= 0 && bin < bins) counts[ops.outcome[i]][bin] += ops.outcome[i] === OK ? run.stride : 1;
  }
  return { bins, counts, perSecond: bins / (span / 1e6) };
}
function drawRate(g, chart) {
  const top = 4, bottom = chart.height - 4, { bins, counts, perSecond } = rateBins(chart.plot.width);
  let most = 0;
  for (let b = 0; b < bins; b++) most = Math.max(most, (counts[0][b] + counts[1][b] + counts[2][b]) * perSecond);
  const step = niceStep(Math.max(most, 1) / 3), ceiling = Math.max(step, Math.ceil(most * 1.12 / step) * step), y = v => bottom - v / ceiling * (bottom - top);
  chart.shadeFaults(g, top, bottom - top);
  chart.timeGrid(g, top, bottom);
  for (let v = 0; v <= ceiling + 1e-9; v += step) {
    const at = Math.round(y(v)) + .5;
    g.strokeStyle = colours.line; g.beginPath(); g.moveTo(chart.plot.left, at); g.lineTo(chart.plot.right, at); g.stroke();
    if (at > top + 4) chart.label(g, v >= 1e4 ? trim(v / 1e3) + 'k' : trim(v), Math.min(at, bottom - 4));
  }
  const w = chart.plot.width / bins;
  for (let b = 0; b < bins; b++) {
    let base = 0;
    for (const outcome of [OK, FAIL, INFO]) {
      const amount = counts[outcome][b] * perSecond;
      if (!amount) continue;
      const upper = y(base + amount), lower = y(base);
      g.fillStyle = colours.outcome[outcome]; g.globalAlpha = outcome === OK ? .7 : 1;
      g.fillRect(chart.plot.left + b * w, upper, Math.max(1, w - .6), Math.max(lower - upper, 1));
      base += amount;
    }
  }
  g.globalAlpha = 1;
  chart.frame(g, top, bottom);
}
function findRate(chart, px) {
  const { bins, counts, perSecond } = rateBins(chart.plot.width), bin = Math.floor((px - chart.plot.left) / chart.plot.width * bins);
  if (bin < 0 || bin >= bins) return null;
  return OUTCOMES.map((name, o) => '<span class="' + name + '">' + MARKS[o] + '</span> ' + trim(counts[o][bin] * perSecond) + ' ' + name + '/s').join('<br>');
}
function niceStep(raw) {
  const power = Math.pow(10, Math.floor(Math.log10(raw)));
  return [1, 2, 5, 10].map(m => m * power).find(s => s >= raw);
}
