// How stale reads were, all together: bars for what was proven, a line for what the answers claimed, against the bound.
function drawStaleness(g, chart) {
  const values = [[], []], left = GUTTER, right = chart.width - RIGHT, top = 22, bottom = chart.height - 24;
  for (let i = 0; i < run.n; i++) { if (ops.proven[i]) values[0].push(ops.proven[i] - 1); if (ops.claimed[i]) values[1].push(ops.claimed[i] - 1); }
  let low = Infinity, high = run.bound || 1;
  for (const all of values) for (const v of all) if (v > 0) { low = Math.min(low, v); high = Math.max(high, v); }
  const scale = decades(Math.min(low, high), high * 1.2), fresh = 46; // room for the reads that were fresh
  const x = v => v === 0 ? left + fresh / 2 : left + fresh + 10 + scale.at(v) * (right - left - fresh - 10);
  const bins = 8 * (scale.to - scale.from), counts = values.map(() => new Float64Array(bins + 1)); // the last one: zero
  values.forEach((all, kind) => { for (const v of all) counts[kind][v === 0 ? bins : Math.min(bins - 1, Math.floor(scale.at(v) * bins))]++; });
  const most = Math.max(1, ...counts[0], ...counts[1]), tall = Math.ceil(Math.log10(most + 1) * 10) / 10;
  const y = c => bottom - Math.log10(c + 1) / tall * (bottom - top);
  for (let c = 1; c <= most; c *= 10) {
    const at = Math.round(y(c)) + .5;
    g.strokeStyle = colours.line; g.lineWidth = 1; g.beginPath(); g.moveTo(left, at); g.lineTo(right, at); g.stroke();
    g.fillStyle = colours.muted; g.textAlign = 'right'; g.fillText(c >= 1000 ? c / 1000 + 'k' : c, left - 8, at);
  }
  g.textAlign = 'center'; g.fillStyle = colours.muted; g.fillText('fresh', x(0), bottom + 13);
  for (let d = scale.from; d <= scale.to; d++) if (x(Math.pow(10, d)) > left + fresh + 24) g.fillText(time(Math.pow(10, d)), Math.min(x(Math.pow(10, d)), right - 16), bottom + 13);
  const edge = b => left + fresh + 10 + b / bins * (right - left - fresh - 10);
  g.globalAlpha = .75;
  for (let b = 0; b < bins; b++) {
    if (!counts[0][b]) continue;
    const over = run.bound && Math.pow(10, scale.from + (b + 1) / bins * (scale.to - scale.from)) > run.bound * 1.0001 && edge(b) >= x(run.bound) - 1;
    g.fillStyle = over ? colours.invalid : colours.ok; g.fillRect(edge(b) + 1, y(counts[0][b]), edge(b + 1) - edge(b) - 2, bottom - y(counts[0][b]));
  }
  if (counts[0][bins]) { g.fillStyle = colours.ok; g.fillRect(left + 4, y(counts[0][bins]), fresh - 8, bottom - y(counts[0][bins])); }
  g.globalAlpha = 1;
  g.strokeStyle = colours.info; g.lineWidth = 1.8; g.beginPath();
  if (counts[1][bins]) { g.moveTo(left + 2, y(counts[1][bins])); g.lineTo(left + fresh - 2, y(counts[1][bins])); }
  for (let b = 0; b < bins; b++) { const at = y(counts[1][b]); if (b === 0) g.moveTo(edge(0), at); else g.lineTo(edge(b), at); g.lineTo(edge(b + 1), at); }
  if (values[1].length) g.stroke();
  if (run.bound) {
    const at = Math.round(x(run.bound)) + .5;
    g.strokeStyle = colours.invalid; g.setLineDash([6, 4]); g.beginPath(); g.moveTo(at, top - 8); g.lineTo(at, bottom); g.stroke(); g.setLineDash([]);
    const text = 'bound ' + time(run.bound); g.fillStyle = colours.invalid; g.textAlign = at > right - 110 ? 'right' : 'left'; g.fillText(text, at + (at > right - 110 ? -6 : 6), top - 6);
  }
  g.textAlign = 'left';
  g.strokeStyle = colours.muted; g.lineWidth = 1; g.beginPath(); g.moveTo(left, bottom + .5); g.lineTo(right, bottom + .5); g.stroke();
}
