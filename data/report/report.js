// The page's own script: draws plots from the data beside them, sorts tables, opens units. Whatever
// comes from results is put into the page as text, never as HTML.
'use strict';

const parsed = (id) => JSON.parse(document.getElementById(id).textContent);

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const WIDTH = 640;
const shortened = (text, most = 28) =>
  text.length <= most ? text : text.slice(0, most - 1) + '…';
const labelMargin = (labels) =>
  20 + 6.5 * Math.max(4, ...labels.map((label) => shortened(String(label)).length));

/** One row for each point of each series. */
const pointsOf = (series) =>
  series.flatMap(({name, points}) => points.map(([x, y]) => ({name, x, y})));

/** One row for each value of each series in each group. */
const valuesOf = (groups, series) =>
  series.flatMap(({name, values}) =>
    groups.map((group, i) => ({name, group, value: values[i]}))
      .filter(({value}) => value !== null));

const drawings = {
  lines(data) {
    const points = pointsOf(data.series);
    const curve = data.step ? 'step-after' : 'linear';
    return Plot.plot({
      width: WIDTH,
      height: 380,
      marginLeft: 55,
      x: {label: data.x, type: data.x_log ? 'log' : 'linear', percent: data.x_percent,
          grid: true, tickFormat: data.x_log ? '~s' : undefined},
      y: {label: data.y, percent: data.y_percent, grid: true},
      color: {domain: data.names, legend: true},
      marks: [
        Plot.ruleY([0], {strokeOpacity: 0.5}),
        Plot.line(points, {x: 'x', y: 'y', z: 'name', stroke: 'name', curve, tip: true}),
        Plot.dot(points.length <= 300 ? points : [], {x: 'x', y: 'y', z: null, fill: 'name', r: 2}),
      ],
    });
  },

  bars(data) {
    const names = data.series.map(({name}) => name);
    return Plot.plot({
      width: WIDTH,
      height: 60 + data.groups.length * (6 + 9 * names.length),
      marginLeft: labelMargin(data.groups),
      x: {label: data.x, percent: data.percent, grid: true},
      y: {axis: null, domain: names},
      fy: {axis: 'left', label: null, domain: data.groups, tickFormat: (label) => shortened(label)},
      color: {domain: data.names, legend: true},
      marks: [
        Plot.barX(valuesOf(data.groups, data.series),
                  {fy: 'group', y: 'name', x: 'value', fill: 'name', tip: true}),
        Plot.ruleX([0]),
      ],
    });
  },

  stack(data) {
    const names = data.facets[0].series.map(({name}) => name);
    const rows = data.facets.flatMap(({name, series}) =>
      valuesOf(data.groups, series).map((row) => ({...row, facet: name})));
    return Plot.plot({
      width: Math.max(WIDTH, 260 * data.facets.length),
      height: 360,
      marginBottom: 70,
      x: {label: data.x, domain: data.groups, tickRotate: -35,
          tickFormat: (label) => shortened(label, 14)},
      y: {label: 'share (%)', percent: true, grid: true},
      fx: {label: null, axis: data.facets.length > 1 ? 'top' : null},
      color: {type: 'ordinal', domain: names, scheme: 'viridis', legend: true},
      marks: [
        Plot.barY(rows, {x: 'group', y: 'value', fx: 'facet', fill: 'name', order: names,
                         tip: true}),
        Plot.ruleY([0]),
      ],
    });
  },

  dots(data) {
    const points = pointsOf(data.series);
    const [low, high] = d3.extent(points.flatMap(({x, y}) => [x, y]));
    const type = data.log ? 'log' : 'linear';
    return Plot.plot({
      width: WIDTH,
      height: 420,
      marginLeft: 60,
      x: {label: data.x, type, grid: true, tickFormat: '~s'},
      y: {label: data.y, type, grid: true, tickFormat: '~s'},
      color: {domain: data.names, legend: true},
      marks: [
        Plot.line([[low, low], [high, high]], {strokeOpacity: 0.5, strokeDasharray: '4 3'}),
        Plot.dot(points, {x: 'x', y: 'y', z: null, stroke: 'name', r: 2, tip: true}),
      ],
    });
  },
};

function drawPlots() {
  for (const figure of document.querySelectorAll('figure[data-plot]')) {
    const place = figure.querySelector('.drawing');
    try {
      place.append(drawings[figure.dataset.kind](parsed(figure.dataset.plot)));
    } catch (error) {
      place.append(`This plot could not be drawn: ${error.message}`);
      console.error(error);
    }
  }
}

const sortKey = (row, column) => {
  const {value} = row.cells[column].dataset;
  return value === undefined ? null : Number(value);
};

/** Numbers before texts, numbers by value, texts by the alphabet. */
function compareCells(a, b, column) {
  const [x, y] = [sortKey(a, column), sortKey(b, column)];
  if (x !== null && y !== null) return x - y;
  if (x !== null || y !== null) return x !== null ? -1 : 1;
  return a.cells[column].textContent.localeCompare(b.cells[column].textContent);
}

function sortTable(table, column) {
  const head = table.tHead.rows[0].cells;
  const ascending = head[column].getAttribute('aria-sort') === 'descending' ||
                    !(head[column].hasAttribute('aria-sort') ||
                      table.tBodies[0].rows[0].cells[column].dataset.value !== undefined);
  for (const cell of head) cell.removeAttribute('aria-sort');
  head[column].setAttribute('aria-sort', ascending ? 'ascending' : 'descending');
  const rows = [...table.tBodies[0].rows];
  rows.sort((a, b) => (ascending ? 1 : -1) * compareCells(a, b, column));
  table.tBodies[0].append(...rows);
}

function makeSortable(table) {
  [...table.tHead.rows[0].cells].forEach((cell, column) => {
    const button = element('button', {type: 'button'}, ...cell.childNodes);
    button.addEventListener('click', () => sortTable(table, column));
    cell.append(button);
  });
}

function tableOf(columns, rows) {
  const cell = (name, value) =>
    typeof value === 'number' ? element(name, {class: 'number'}, String(value))
                              : element(name, {}, String(value ?? '–'));
  return element('div', {class: 'scroll'}, element('table', {},
    element('thead', {}, element('tr', {}, ...columns.map((text, i) =>
      element('th', typeof rows[0]?.[i] === 'number' ? {class: 'number'} : {}, text)))),
    element('tbody', {}, ...rows.map((row) =>
      element('tr', {}, ...row.map((value) => cell('td', value)))))));
}

/** The lines of `text`; those that `other` has nowhere are marked. */
function markedLines(text, other, mark) {
  const known = new Set(other.split('\n'));
  return element('pre', {}, ...text.split('\n').map((line) =>
    known.has(line) ? line + '\n' : element('span', {class: mark}, line + '\n')));
}

function sizesTable(unit) {
  const sections = Object.keys(unit.baseline);
  const columns = ['', ...sections];
  const row = (name, sizes) => [name, ...sections.map((section) => sizes[section])];
  return tableOf(columns, [row('-Oz', unit.baseline),
                           ...unit.details.map(({proposer, sizes}) => row(proposer, sizes))]);
}

function detailOf(detail) {
  const side = (title, pre) => element('div', {}, element('h3', {}, title), pre);
  return [
    element('h3', {}, detail.proposer),
    element('p', {}, element('code', {}, detail.list)),
    tableOf(['symbol', 'before', 'after', 'change'],
            detail.symbols.map(([name, before, after]) => [name, before, after, after - before])),
    element('div', {class: 'sides'},
            side('IR before', markedLines(detail.ir_before, detail.ir_after, 'gone')),
            side('IR after', markedLines(detail.ir_after, detail.ir_before, 'new'))),
  ];
}

function openUnit(id) {
  const unit = parsed(id);
  const dialog = document.getElementById('unit');
  const close = element('button', {type: 'button'}, 'close');
  close.addEventListener('click', () => dialog.close());
  dialog.replaceChildren(
    close,
    element('h2', {}, unit.name),
    element('p', {class: 'note'}, `${unit.id}; -Oz size ${unit.size}`),
    tableOf(['proposer', 'lists', 'best at', 'status', 'size', 'list', 'reason'],
            unit.lists.map((one) => [one.proposer, one.named, one.rank, one.status, one.size,
                                     one.list, one.reason])),
    element('h3', {}, 'Sizes'),
    sizesTable(unit),
    ...unit.details.flatMap(detailOf));
  dialog.showModal();
}

function makeOpenable(row) {
  row.classList.add('opens');
  row.tabIndex = 0;
  row.addEventListener('click', () => openUnit(row.dataset.opens));
  row.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') openUnit(row.dataset.opens);
  });
}

/** A link to the page with #detail-3 at its end opens that unit. */
function openLinked() {
  const id = location.hash.slice(1);
  if (/^detail-\d+$/.test(id) && document.getElementById(id)) openUnit(id);
}

drawPlots();
document.querySelectorAll('main table').forEach(makeSortable);
document.querySelectorAll('tr[data-opens]').forEach(makeOpenable);
window.addEventListener('hashchange', openLinked);
openLinked();
document.body.dataset.ready = 'yes';
