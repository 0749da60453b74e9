// The run as columns: one typed array for each property of an operation, in order of invocation.
const run = JSON.parse(document.getElementById('run').textContent);

// Numbers of seven bits a byte, lowest first; sums instead of shifts, since these may pass 32 bits.
function column(name, Type = Uint32Array) {
  const text = atob(run.columns[name]), out = new Type(run.n);
  let at = 0;
  for (let i = 0; i < run.n; i++) {
    let value = 0, scale = 1, byte;
    do { byte = text.charCodeAt(at++); value += (byte & 127) * scale; scale *= 128; } while (byte & 128);
    out[i] = value;
  }
  if (at !== text.length) throw new Error('column ' + name + ' has ' + text.length + ' bytes, read ' + at);
  return out;
}
function running(deltas) {
  for (let i = 1; i < deltas.length; i++) deltas[i] += deltas[i - 1];
  return deltas;
}

const OK = 0, FAIL = 1, INFO = 2;
const OUTCOMES = ['ok', 'fail', 'info'];
const MARKS = ['●', '✕', '▲'];

const ops = {
  at: running(column('at', Float64Array)),          // µs since the run began
  took: column('took', Float64Array),               // µs + 1; 0: no answer was ever recorded
  outcome: column('outcome', Uint8Array),
  f: column('f', Uint8Array),
  process: column('process'), lane: column('lane'),
  node: column('node'), role: column('role'), key: column('key'),
  argument: column('argument'), result: column('result'), error: column('error'),
  index: running(column('index', Float64Array)), answer: column('answer'),
  shard: column('shard'), position: column('position', Float64Array), version: column('version', Float64Array),
  claimed: column('claimed', Float64Array), proven: column('proven', Float64Array)
};
// When each was over; what was never answered is open to the end.
ops.end = new Float64Array(run.n);
// The latest end of any operation up to here: finds the first one that reaches into a range of time.
ops.reach = new Float64Array(run.n);
for (let i = 0; i < run.n; i++) {
  ops.end[i] = ops.took[i] === 0 ? run.end : ops.at[i] + ops.took[i] - 1;
  ops.reach[i] = i === 0 ? ops.end[0] : Math.max(ops.reach[i - 1], ops.end[i]);
}
function firstAtLeast(sorted, value) {
  let low = 0, high = sorted.length;
  while (low < high) { const mid = (low + high) >> 1; if (sorted[mid] < value) low = mid + 1; else high = mid; }
  return low;
}
const evidence = new Set(run.evidence);

// What is shown.
const shown = { outcomes: [true, true, true], functions: run.functions.map(() => true) };
const visible = i => shown.outcomes[ops.outcome[i]] && shown.functions[ops.f[i]];

function time(us) {
  const abs = Math.abs(us);
  if (abs < 1) return '0';
  if (abs < 1000) return trim(us) + ' µs';
  if (abs < 1e6) return trim(us / 1e3) + ' ms';
  if (abs < 6e8) return trim(us / 1e6) + ' s';
  return trim(us / 6e7) + ' min';
}
const trim = x => String(Number(x.toPrecision(3)));
const seconds = (us, digits) => (us / 1e6).toFixed(digits) + ' s';
const escapeHtml = text => String(text).replace(/[&<>"']/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c]);

function said(i) {
  const key = ops.key[i] ? ' ' + run.keys[ops.key[i] - 1] : '';
  const argument = ops.argument[i] ? ' ' + run.texts[ops.argument[i] - 1] : '';
  const result = ops.result[i] && ops.result[i] !== ops.argument[i] ? ' → ' + run.texts[ops.result[i] - 1] : '';
  return run.functions[ops.f[i]] + key + argument + result;
}
function describe(i) {
  const outcome = ops.outcome[i], lines = [];
  lines.push('<b>' + escapeHtml(said(i)) + '</b>');
  lines.push('<span class="' + OUTCOMES[outcome] + '">' + MARKS[outcome] + ' ' + OUTCOMES[outcome] + '</span> '
    + (ops.took[i] ? 'after ' + time(ops.took[i] - 1) : 'no answer recorded') + (ops.error[i] ? ': ' + escapeHtml(run.errors[ops.error[i] - 1]) : ''));
  lines.push('began at ' + seconds(ops.at[i], 4) + ' · process ' + ops.process[i]
    + (ops.node[i] ? ' · ' + escapeHtml(run.nodes[ops.node[i] - 1]) : '') + (ops.role[i] ? ' (' + escapeHtml(run.roles[ops.role[i] - 1]) + ')' : ''));
  const proof = [];
  if (ops.shard[i]) proof.push('shard ' + (ops.shard[i] - 1));
  if (ops.position[i]) proof.push('position ' + (ops.position[i] - 1));
  if (ops.version[i]) proof.push('version ' + (ops.version[i] - 1));
  if (ops.claimed[i]) proof.push('claims staleness ≤ ' + time(ops.claimed[i] - 1));
  if (ops.proven[i]) proof.push('proven staleness ' + time(ops.proven[i] - 1));
  if (proof.length) lines.push(proof.join(' · '));
  lines.push('<span class="muted">event ' + ops.index[i] + (ops.answer[i] ? ', answered by event ' + (ops.index[i] + ops.answer[i]) : '') + '</span>');
  return lines.join('<br>');
}
