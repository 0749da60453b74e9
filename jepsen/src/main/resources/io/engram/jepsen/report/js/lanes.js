// Rows over time: the state of each node, and the operations of each process.

// A node's row: a band for each fault that is on at a time, and a strip for the shards that it leads.
const BAND = 16, STRIP = 12, GAP = 6;
const nodeRows = (() => {
  let top = 0;
  return run.nodes.map((_, n) => { const bands = Math.max(1, ...run.states[n].map(s => s.of)), row = { top, bands: bands * BAND }; top += bands * BAND + STRIP + GAP; return row; });
})();
const nodesHeight = nodeRows.length ? nodeRows.at(-1).top + nodeRows.at(-1).bands + STRIP + 2 : 0;
const PATTERNS = { killed: 'solid', paused: 'bars', cut: 'hatch', starved: 'dots' };
function stateColour(state) { return colours['state-' + (state in PATTERNS ? state : 'other')]; }
function pattern(g, kind, colour) {
  const tile = document.createElement('canvas'); tile.width = tile.height = 8;
  const t = tile.getContext('2d');
  t.fillStyle = colour; t.strokeStyle = colour; t.lineWidth = 2;
  t.globalAlpha = .28; t.fillRect(0, 0, 8, 8); t.globalAlpha = .9;
  if (kind === 'solid') { t.globalAlpha = .55; t.fillRect(0, 0, 8, 8); }
  else if (kind === 'bars') t.fillRect(0, 0, 3, 8);
  else if (kind === 'hatch') { t.beginPath(); t.moveTo(-2, 6); t.lineTo(6, -2); t.moveTo(2, 10); t.lineTo(10, 2); t.stroke(); }
  else t.fillRect(2, 2, 3, 3);
  return g.createPattern(tile, 'repeat');
}
function drawNodes(g, chart) {
  chart.timeGrid(g, 0, chart.height);
  run.nodes.forEach((node, n) => {
    const { top, bands } = nodeRows[n], strip = top + bands;
    chart.label(g, node.length > 10 ? node.slice(0, 9) + '…' : node, top + (bands + STRIP) / 2);
    chart.clip(g, () => {
      const end = chart.x(run.end);
      g.fillStyle = colours.band; g.fillRect(chart.x(run.start), top, end - chart.x(run.start), bands);
      for (const led of run.leads[n]) {
        const left = chart.x(led.from), right = chart.x(led.to);
        g.fillStyle = colours.lead; g.globalAlpha = .15 + .45 * led.shards / run.shards; g.fillRect(left, strip + 1, Math.max(1, right - left - .5), STRIP - 1); g.globalAlpha = 1;
        const from = Math.max(left, chart.plot.left) + 4;
        g.font = '10' + FONT.slice(2); g.fillStyle = colours.ink;
        fit(g, ['leads ' + led.shards + ' of ' + run.shards + (run.shards === 1 ? ' shard' : ' shards'), '★' + led.shards], from, strip + STRIP / 2 + .5, Math.min(right, chart.plot.right) - from - 3);
        g.font = FONT;
      }
      for (const state of run.states[n]) {
        const left = chart.x(state.from), right = chart.x(state.to), colour = stateColour(state.state);
        const tall = bands / state.of, y = top + state.row * tall;
        g.fillStyle = colours.panel; g.fillRect(left, y, Math.max(2, right - left), tall);
        g.fillStyle = pattern(g, PATTERNS[state.state] || 'dots', colour); g.fillRect(left, y, Math.max(2, right - left), tall);
        g.strokeStyle = colour; g.lineWidth = 1; g.strokeRect(left + .5, y + .5, Math.max(1, right - left - 1), tall - 1);
        const from = Math.max(left, chart.plot.left) + 5, room = Math.min(right, chart.plot.right) - from - 3, wide = g.measureText(state.state).width;
        if (tall >= 11 && wide <= room) {
          g.fillStyle = colours.panel; g.globalAlpha = .85; g.fillRect(from - 2, y + tall / 2 - 6.5, wide + 4, 13); g.globalAlpha = 1;
          g.fillStyle = colours.ink; g.fillText(state.state, from, y + tall / 2 + .5);
        }
      }
    });
  });
}
function findNode(chart, px, py) {
  const n = nodeRows.findLastIndex(row => py >= row.top), t = view.from + (px - chart.plot.left) / chart.plot.width * (view.to - view.from);
  if (n < 0 || n >= run.nodes.length || t < view.from) return null;
  const states = run.states[n].filter(s => s.from <= t && t <= s.to), led = run.leads[n].find(s => s.from <= t && t < s.to);
  return '<b>' + escapeHtml(run.nodes[n]) + '</b> ' + (states.map(s => escapeHtml(s.state)).join(', ') || 'up')
    + (led ? '<br>as far as answers told, led ' + led.shards + ' of ' + run.shards + ' shards' : '')
    + states.map(s => '<br>' + describeFault(run.faults[s.fault])).join('');
}

const laneHeight = () => Math.max(3, Math.min(17, 640 / run.lanes));
function drawTimeline(g, chart) {
  const row = laneHeight(), width = Math.ceil(chart.plot.width) + 1, [from, to] = range(view.from, view.to), bar = Math.max(2, row - 2);
  chart.shadeFaults(g, 0, chart.height);
  chart.timeGrid(g, 0, chart.height);
  const every = Math.ceil(13 / row);
  for (let lane = 0; lane < run.lanes; lane += every) chart.label(g, lane === 0 ? 'process 0' : String(lane), lane * row + Math.max(row, 11) / 2);
  // Short ones share pixels: a pixel of a lane is tall if something there succeeded, and marked if something failed or is unknown.
  // Long ones are drawn as they are, with text where it fits.
  const seen = new Uint8Array(width * run.lanes), wide = [];
  for (let i = from; i < to; i++) {
    if (!visible(i)) continue;
    const left = chart.x(ops.at[i]) - chart.plot.left, right = chart.x(ops.end[i]) - chart.plot.left;
    if (right - left >= 2.5 || evidence.has(ops.index[i])) { wide.push(i); continue; }
    const cell = Math.floor(left);
    if (cell >= 0 && cell < width) seen[ops.lane[i] * width + cell] |= 1 << ops.outcome[i];
  }
  const strips = [[1 << OK, OK, .45, bar], [1 << FAIL, FAIL, 1, Math.max(2, bar * .35)], [1 << INFO, INFO, 1, bar]];
  chart.clip(g, () => {
    for (const [bit, outcome, alpha, tall] of strips) {
      g.fillStyle = colours.outcome[outcome]; g.globalAlpha = alpha;
      for (let lane = 0; lane < run.lanes; lane++) {
        for (let x = 0; x < width; x++) {
          if (!(seen[lane * width + x] & bit)) continue;
          let end = x + 1;
          while (end < width && seen[lane * width + end] & bit) end++;
          g.fillRect(chart.plot.left + x, lane * row + 1, end - x, tall);
          x = end;
        }
      }
    }
    for (const i of wide) {
      const outcome = ops.outcome[i], left = Math.max(chart.x(ops.at[i]), chart.plot.left - 2), right = Math.min(Math.max(chart.x(ops.end[i]), chart.x(ops.at[i]) + 2), chart.plot.right + 2), top = ops.lane[i] * row + 1;
      const legible = bar >= 11 && right - left > 30;
      g.fillStyle = colours.outcome[outcome]; g.globalAlpha = legible ? (outcome === INFO ? .5 : .32) : outcome === OK ? .55 : .85;
      g.fillRect(left, top, Math.max(1.5, right - left - .5), bar);
      g.globalAlpha = 1;
      if (legible) g.fillRect(left, top, 2, bar);
      if (evidence.has(ops.index[i])) { g.strokeStyle = colours.invalid; g.lineWidth = 2; g.strokeRect(left - 1, top - .5, Math.max(4, right - left + 1), bar + 1); }
      if (legible) { g.fillStyle = colours.ink; fit(g, [said(i), run.functions[ops.f[i]]], left + 4, top + bar / 2 + .5, right - left - 6); }
    }
  });
  chart.frame(g, 0, chart.height);
}
function findOperation(chart, px, py) {
  const lane = Math.floor(py / laneHeight()), [from, to] = range(view.from, view.to);
  let best = null, nearest = 6;
  for (let i = from; i < to; i++) {
    if (ops.lane[i] !== lane || !visible(i)) continue;
    const left = chart.x(ops.at[i]), right = chart.x(ops.end[i]), distance = px < left ? left - px : px > right ? px - right : 0;
    if (distance < nearest || (distance === 0 && nearest === 0)) { nearest = distance; best = i; }
  }
  return best === null ? null : describe(best);
}
