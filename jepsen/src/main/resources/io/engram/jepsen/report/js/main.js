// Puts the charts together and listens.
const hide = name => document.querySelector('[data-chart=' + name + ']').remove();
const latency = scatter(ops.took, { pending: true });
charts.push(new Chart('overview', 26, drawOverview, () => null));
charts.push(new Chart('faults', AXIS + faultRows.count * FAULT_ROW + 2, drawFaults, findFault));
charts.push(new Chart('latency', 270, latency.draw, latency.find));
charts.push(new Chart('rate', 110, drawRate, findRate));
if (ops.proven.some(v => v > 0)) {
  const stale = scatter(ops.proven, { zeros: true, line: run.bound });
  charts.push(new Chart('stale', 150, stale.draw, stale.find));
} else hide('stale');
if (run.nodes.length) charts.push(new Chart('nodes', nodesHeight, drawNodes, findNode));
else hide('nodes');
if (run.n) charts.push(new Chart('timeline', Math.max(20, Math.ceil(run.lanes * laneHeight()) + 2), drawTimeline, findOperation));
else hide('timeline');
charts.push(new Chart('axis', AXIS, drawAxis, () => null));
if (document.querySelector('[data-chart=distribution]')) charts.push(new Chart('distribution', 260, drawStaleness, () => null));

function toggle(host, html, states, i) {
  const button = document.createElement('button');
  button.innerHTML = html; button.setAttribute('aria-pressed', 'true');
  button.onclick = () => { states[i] = !states[i]; button.setAttribute('aria-pressed', String(states[i])); repaint(); };
  document.getElementById(host).append(button);
}
OUTCOMES.forEach((name, i) => toggle('outcomes', '<span class="mark ' + name + '">' + MARKS[i] + '</span>' + name, shown.outcomes, i));
run.functions.forEach((name, i) => toggle('functions', escapeHtml(name), shown.functions, i));

const stack = document.getElementById('stack'), cross = document.getElementById('cross'), brush = document.getElementById('brush'), tip = document.getElementById('tip');
const byId = id => document.getElementById(id);
byId('in').onclick = () => zoom(.5);
byId('out').onclick = () => zoom(2);
byId('whole').onclick = () => show(run.start, run.end);
function dragMode(mode) {
  stack.dataset.drag = mode;
  for (const each of ['zoom', 'pan']) byId('drag-' + each).setAttribute('aria-pressed', String(each === mode));
}
byId('drag-zoom').onclick = () => dragMode('zoom');
byId('drag-pan').onclick = () => dragMode('pan');
stack.addEventListener('keydown', e => {
  const actions = { ArrowLeft: () => pan(-.2), ArrowRight: () => pan(.2), '+': () => zoom(.5), '=': () => zoom(.5), '-': () => zoom(2), '0': () => show(run.start, run.end) };
  if (actions[e.key] && !e.ctrlKey && !e.metaKey) { e.preventDefault(); actions[e.key](); }
});

const plotWidth = () => stack.clientWidth - GUTTER - RIGHT;
const inPlot = x => Math.min(Math.max(x, GUTTER), stack.clientWidth - RIGHT);
const timeAt = x => view.from + (x - GUTTER) / plotWidth() * (view.to - view.from);
let drag = null;
stack.addEventListener('pointerdown', e => {
  if (e.button !== 0) return;
  const x = e.clientX - stack.getBoundingClientRect().left, overview = e.target.closest('[data-chart=overview]');
  drag = { x, overview, pan: stack.dataset.drag === 'pan' || e.shiftKey, from: view.from, to: view.to };
  stack.setPointerCapture(e.pointerId);
  if (overview) centre(x);
});
function centre(x) {
  const middle = run.start + (x - GUTTER) / plotWidth() * whole, half = (view.to - view.from) / 2;
  show(middle - half, middle + half);
}
stack.addEventListener('pointermove', e => {
  const box = stack.getBoundingClientRect(), x = e.clientX - box.left;
  if (drag && drag.overview) { centre(x); return; }
  if (drag && drag.pan) { const by = (drag.x - x) / plotWidth() * (drag.to - drag.from); show(drag.from + by, drag.to + by); return; }
  if (drag) {
    const a = inPlot(drag.x), b = inPlot(x);
    Object.assign(brush.style, { display: 'block', left: Math.min(a, b) + 'px', width: Math.abs(b - a) + 'px' });
    return;
  }
  const inside = x >= GUTTER && x <= stack.clientWidth - RIGHT;
  Object.assign(cross.style, { display: inside ? 'block' : 'none', left: x + 'px' });
  hover(e, x, inside);
});
function hover(e, x, inside) {
  const chart = charts.find(c => c.host.contains(document.elementFromPoint(e.clientX, e.clientY)));
  const found = inside && chart ? chart.find(chart, x, e.clientY - chart.host.getBoundingClientRect().top) : null;
  if (!inside || !chart || chart.name === 'overview') { tip.style.display = 'none'; return; }
  tip.innerHTML = found || '<span class="muted">' + seconds(timeAt(x), timeTicks(1000).digits + 2) + '</span>';
  tip.style.display = 'block';
  const wide = tip.offsetWidth, tall = tip.offsetHeight;
  tip.style.left = Math.max(4, e.clientX + 16 + wide > innerWidth ? e.clientX - wide - 12 : e.clientX + 16) + 'px';
  tip.style.top = Math.max(4, Math.min(e.clientY + 14, innerHeight - tall - 6)) + 'px';
}
function drop(e) {
  if (!drag) return;
  const x = e.clientX - stack.getBoundingClientRect().left, was = drag;
  drag = null; brush.style.display = 'none';
  if (was.overview || was.pan || Math.abs(x - was.x) < 4) return;
  const a = timeAt(inPlot(was.x)), b = timeAt(inPlot(x));
  show(Math.min(a, b), Math.max(a, b));
}
stack.addEventListener('pointerup', drop);
stack.addEventListener('pointercancel', () => { drag = null; brush.style.display = 'none'; });
stack.addEventListener('pointerleave', () => { cross.style.display = tip.style.display = 'none'; });
stack.addEventListener('dblclick', () => show(run.start, run.end));
// The wheel alone scrolls the page; with Ctrl (a pinch on a touchpad) it zooms, sideways it pans.
stack.addEventListener('wheel', e => {
  if (e.ctrlKey || e.metaKey) { e.preventDefault(); zoom(Math.exp(Math.max(-1, Math.min(1, e.deltaY / 200))), timeAt(inPlot(e.clientX - stack.getBoundingClientRect().left))); }
  else if (Math.abs(e.deltaX) > Math.abs(e.deltaY)) { e.preventDefault(); pan(e.deltaX / plotWidth()); }
}, { passive: false });

for (const button of document.querySelectorAll('[data-copy]')) button.onclick = async () => {
  const text = byId(button.dataset.copy).textContent;
  let done = true;
  // A page opened from a file may have no clipboard: then the text is selected, ready to copy.
  try { await navigator.clipboard.writeText(text); } catch (refused) { getSelection().selectAllChildren(byId(button.dataset.copy)); done = document.execCommand('copy'); }
  button.textContent = done ? 'copied' : 'press Ctrl+C';
};
for (const link of document.querySelectorAll('[data-at]')) link.onclick = () => { const [from, to] = link.dataset.at.split(',').map(Number); show(from, to); byId('time').scrollIntoView({ behavior: 'smooth' }); };

const root = document.documentElement;
byId('theme').onclick = () => {
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  repaint();
};
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
addEventListener('resize', repaint);
// report.html#from=12.5&to=14 opens at these seconds of the run; theme=dark or light overrides the system's.
const asking = new URLSearchParams(location.hash.slice(1));
if (['dark', 'light'].includes(asking.get('theme'))) root.dataset.theme = asking.get('theme');
if (asking.has('from') && asking.has('to')) show(Number(asking.get('from')) * 1e6, Number(asking.get('to')) * 1e6);

const began = performance.now();
paintAll();
root.dataset.paintMillis = Math.round(performance.now() - began);
for (const chart of charts) chart.probe();
root.dataset.ops = run.n;
root.dataset.ready = 'true';
