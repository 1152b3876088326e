/* SPDX-License-Identifier: Apache-2.0
 * Values of a schema, and values that are nearly of it, from a seed: the same seed gives the same
 * ones. Called by property.test.mjs; must never ask the clock or Math.random. */
import { resolve, typeOf } from './table.mjs';

/* mulberry32 */
export class Dice {
  constructor(seed) { this.state = seed >>> 0; }

  next() {
    this.state = (this.state + 0x6D2B79F5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(n) { return Math.floor(this.next() * n); }
  of(list) { return list[this.below(list.length)]; }
  odds(percent) { return this.next() * 100 < percent; }
  between(low, high) { return low + Math.floor(this.next() * (high - low + 1)); }
  uuid() {
    const hex = Array.from({ length: 32 }, () => this.below(16).toString(16)).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}

const WORDS = ['lamp', 'a', 'Ωμέγα', '日本語', '🛍️', 'é', 'x y', '0', '-1', '%s', '\u202E', "'", '"', '<b>', '&', '\\', '{{x}}',
  'pm_card_visa', 'pm_card_declined', 'US', 'DE', 'standard', 'SAVE10', '2026-01-01', 'true', 'null', '1e400', 'x@example.com'];
const LONG = ['x'.repeat(300), 'ü'.repeat(5000), ' '.repeat(200), '\t\n', '\u0000', '\u001f', '\ud800', '\uffff', '../../etc/passwd',
  'a'.repeat(30_000), "'; DROP TABLE orders_order; --", '${7*7}', '\r\nX: y'];
const NUMBERS = [0, -0, -1, 1, 0.5, 1e-9, 1e9, 2147483648, -2147483649, 9007199254740993, 1e308, -1e308, 999999999999];

const text = (dice, schema) => {
  let value = dice.of(WORDS);
  while (dice.odds(40)) value += dice.of(WORDS);
  const points = [...value].slice(0, schema.maxLength ?? 60); /* JSON Schema counts code points */
  while (points.length < (schema.minLength ?? 0)) points.push('k');
  return points.join('');
};
const instant = (dice) => new Date(Date.UTC(2026, dice.below(24), dice.below(28), dice.below(24))).toISOString();

/* A value that the schema lets through. ids: what was seen in replies, by the name of the field. */
export const valid = (dice, doc, ref, ids, name = '') => {
  const schema = resolve(doc, ref), type = typeOf(schema);
  if (schema.enum) return dice.of(schema.enum);
  if (schema.const !== undefined) return schema.const;
  if ([schema.type].flat().includes('null') && dice.odds(10)) return null;
  if (schema.format === 'uuid') return ids.get(name)?.length && dice.odds(80) ? dice.of(ids.get(name)) : dice.uuid();
  if (schema.format === 'date-time') return instant(dice);
  if (schema.format === 'date') return instant(dice).slice(0, 10);
  if (schema.format === 'email') return `t-${dice.uuid()}@example.com`;
  if (type === 'object') {
    const must = new Set(schema.required ?? []);
    return Object.fromEntries(Object.entries(schema.properties ?? {})
      .filter(([key]) => must.has(key) || dice.odds(50))
      .map(([key, inner]) => [key, valid(dice, doc, inner, ids, key)]));
  }
  if (type === 'array') {
    const n = Math.min((schema.minItems ?? 0) + dice.below(3), schema.maxItems ?? 3);
    return Array.from({ length: n }, () => valid(dice, doc, schema.items, ids, name));
  }
  if (type === 'boolean') return dice.odds(50);
  if (type === 'integer') return dice.between(schema.minimum ?? 0, Math.min(schema.maximum ?? 1000, (schema.minimum ?? 0) + 1000));
  if (type === 'number') return (schema.minimum ?? 0) + dice.below(100 * Math.min((schema.maximum ?? 1000) - (schema.minimum ?? 0), 1000)) / 100;
  return text(dice, schema);
};

export const odd = (dice) => dice.of([() => dice.of(NUMBERS), () => dice.of(LONG), () => dice.of(WORDS), () => null, () => true, () => [],
  () => ({}), () => [[[]]], () => dice.uuid(), () => '', () => Array.from({ length: 200 }, () => 1), () => ({ __proto: 1 }),
  () => instant(dice)])();

/* Every place in a value: the object or list, and the key. */
const places = (value, found = []) => {
  if (value && typeof value === 'object')
    for (const key of Object.keys(value)) {
      found.push([value, key]);
      places(value[key], found);
    }
  return found;
};
/* A value with one or more things wrong with it, as the text of a body. */
export const spoilt = (dice, value) => {
  for (let i = 0; i === 0 || dice.odds(30); i++) {
    const all = places(value);
    if (all.length === 0 || dice.odds(10)) return JSON.stringify(odd(dice)) ?? 'undefined';
    const [at, key] = dice.of(all);
    if (dice.odds(25)) delete at[key];
    else if (dice.odds(15) && !Array.isArray(at)) at[dice.of(['role', 'id', 'x', 'price', '__proto__x', ''])] = odd(dice);
    else at[key] = odd(dice);
  }
  const body = JSON.stringify(value);
  return dice.odds(10) ? body.slice(0, dice.below(body.length + 1)) : body;
};
