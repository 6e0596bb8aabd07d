// The findings: columns of numbers that point into tables. What one finding shows when it is opened is parsed then.
const tables = read('tables');
const rowParts = [...document.querySelectorAll('script.rows')].map((element) => JSON.parse(element.textContent));
const parsedDetails = new Map();
const partSize = rowParts.length ? rowParts[0].check.length : 1;
const total = rowParts.reduce((sum, part) => sum + part.check.length, 0);
const SEVERITIES = page.severities.length;

const column = (name, Kind) => {
  const values = new Kind(total);
  let place = 0;
  for (const part of rowParts) {
    values.set(part[name], place);
    place += part[name].length;
  }
  return values;
};

const rows = {
  check: column('check', Uint32Array),
  state: column('state', Uint8Array),
  resource: column('resource', Uint32Array),
  reason: column('reason', Uint32Array),
};
const statusOf = (row) => Math.floor(rows.state[row] / SEVERITIES);
const severityOf = (row) => rows.state[row] % SEVERITIES;
const checkOf = (row) => tables.checks[rows.check[row]];
const resourceOf = (row) => {
  const [name, id, kind, region, account, provider] = tables.resources[rows.resource[row]];
  return { name, id, kind, region, account, provider };
};

// The reasons of the first language come with the tables; the others follow, and are parsed when they are asked for.
const reasonTables = [tables.reasons];
const reasons = () => {
  if (!reasonTables[language]) reasonTables[language] = read(`reasons-${page.languages[language]}`);
  return reasonTables[language];
};
const reasonOf = (row) => reasons()[rows.reason[row]];

const detailOf = (row) => {
  const place = Math.floor(row / partSize);
  if (!parsedDetails.has(place)) parsedDetails.set(place, JSON.parse(document.querySelectorAll('script.details')[place].textContent));
  return parsedDetails.get(place)[row % partSize];
};

// Worst first, and as they came within: counted out rather than compared.
const byState = (() => {
  const next = new Uint32Array(page.statuses.length * SEVERITIES + 1);
  for (const state of rows.state) next[state + 1] += 1;
  for (let state = 1; state < next.length; state += 1) next[state] += next[state - 1];
  const order = new Uint32Array(total);
  for (let row = 0; row < total; row += 1) order[next[rows.state[row]]++] = row;
  return order;
})();

const countOfStatus = (status) => rows.state.reduce((sum, state) => sum + (Math.floor(state / SEVERITIES) === status), 0);

const foldedTables = new Map();
const folded = () => {
  if (!foldedTables.has(language)) {
    foldedTables.set(language, {
      check: tables.checks.map((check) => fold(`${check.id} ${said(check.title)} ${said(page.themes[check.theme] || [''])}`)),
      resource: tables.resources.map((resource) => fold(resource.join(' '))),
      reason: reasons().map(fold),
    });
  }
  return foldedTables.get(language);
};

const mark = (texts, term) => {
  const marks = new Uint8Array(texts.length);
  for (let place = 0; place < texts.length; place += 1) if (texts[place].includes(term)) marks[place] = 1;
  return marks;
};

// A filter looks once at each entry of the tables, then at three numbers of each row.
// It counts by status and severity what the rest of the filter lets through, for the buttons.
const matching = ({ query, statuses, severities, theme }) => {
  const terms = fold(query).split(/\s+/).filter(Boolean);
  const where = terms.length ? folded() : null;
  const hits = terms.map((term) => ({
    check: mark(where.check, term), resource: mark(where.resource, term), reason: mark(where.reason, term),
  }));
  const hit = (row) => {
    for (const { check, resource, reason } of hits) {
      if (!(resource[rows.resource[row]] || check[rows.check[row]] || reason[rows.reason[row]])) return false;
    }
    return true;
  };
  const themed = Uint8Array.from(tables.checks, (check) => !theme || check.theme === theme);
  const states = Uint8Array.from({ length: page.statuses.length * SEVERITIES }, (_, state) =>
    (!statuses.size || statuses.has(Math.floor(state / SEVERITIES))) &&
    (!severities.size || severities.has(state % SEVERITIES)));
  const found = new Uint32Array(total);
  const counts = new Uint32Array(states.length);
  let count = 0;
  for (let place = 0; place < total; place += 1) {
    const row = byState[place];
    if (!themed[rows.check[row]] || !hit(row)) continue;
    const state = rows.state[row];
    counts[state] += 1;
    if (states[state]) found[count++] = row;
  }
  const sum = (test) => counts.reduce((all, each, state) =>
    (test(Math.floor(state / SEVERITIES), state % SEVERITIES) ? all + each : all), 0);
  return {
    rows: found.subarray(0, count),
    statusCounts: page.statuses.map((_, place) =>
      sum((status, severity) => status === place && (!severities.size || severities.has(severity)))),
    severityCounts: page.severities.map((_, place) =>
      sum((status, severity) => severity === place && (!statuses.size || statuses.has(status)))),
  };
};
