import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { Parley } from '../support/parley.js';

const DOCS = resolve(__dirname, '../../../docs');

interface Rule {
  alert: string;
  expr: string;
  for?: string;
  labels: { severity: string };
  annotations: { summary: string };
}
interface Dashboard {
  panels: { title: string; targets: { expr: string }[] }[];
}

const { groups } = parse(readFileSync(`${DOCS}/alerts.yml`, 'utf8')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const { panels } = JSON.parse(readFileSync(`${DOCS}/grafana-dashboard.json`, 'utf8')) as Dashboard;

/** Labels that Prometheus adds: they are not in the text. */
const ADDED = ['job', 'instance'];

/** Names of figures in an expression. */
const figuresIn = (expr: string): string[] => expr.match(/\b(parley|nodejs|process)_\w+/g) ?? [];
/** The labels that an expression selects figures by, once for each value that it names. */
const selectorsIn = (expr: string): { name: string; label: string; value: string }[] =>
  [...expr.matchAll(/\b((?:parley|nodejs|process)_\w+)\{([^}]*)\}/g)].flatMap(([, name = '', labels = '']) =>
    [...labels.matchAll(/(\w+)=(~?)"([^"]*)"/g)].flatMap(([, label = '', isPattern, value = '']) =>
      (isPattern ? value.split('|') : [value]).map((one) => ({ name, label, value: one })),
    ),
  );
/** The labels that an expression groups figures by. */
const groupsIn = (expr: string): string[] =>
  [...expr.matchAll(/\b(?:by|without) \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(', '));

describe('alert rules and dashboard', () => {
  let text: string;

  beforeAll(async () => {
    const parley = await Parley.start();
    // Figures of requests and commits have no line before the first.
    const { room, a } = await parley.newRoom();
    await parley.send(room.id, a.id, 'hello');
    text = (await parley.get<string>('/metrics')).body;
    await parley.stop();
  });

  const expressions = [
    ...rules.map(({ alert, expr }): [string, string] => [alert, expr]),
    ...panels.flatMap(({ title, targets }) => targets.map(({ expr }): [string, string] => [title, expr])),
  ];

  it.each(expressions)('%s asks for figures that there are: %s', (_, expr) => {
    const names = figuresIn(expr);
    if (!expr.startsWith('up{')) expect(names).not.toEqual([]);
    for (const name of names) expect(text).toMatch(new RegExp(`^${name}[{ ]`, 'm'));
    for (const { name, label, value } of selectorsIn(expr)) {
      if (!ADDED.includes(label))
        expect(text).toMatch(new RegExp(`^${name}\\{[^}]*\\b${label}="${value}"`, 'm'));
    }
    for (const label of groupsIn(expr)) {
      const figures = `(?:${names.join('|')})`;
      if (!ADDED.includes(label)) expect(text).toMatch(new RegExp(`^${figures}\\{[^}]*\\b${label}="`, 'm'));
    }
  });

  it('rules have a name of their own, a severity and a sentence that names the server', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { alert, labels, annotations } of rules) {
      expect(labels.severity).toMatch(/^(critical|warning|info)$/);
      if (alert !== 'ParleyVersionsDiffer') expect(annotations.summary).toContain('{{ $labels.instance }}');
    }
  });
});
