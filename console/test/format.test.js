import assert from 'node:assert/strict';
import { test } from 'node:test';
import { age, count, duration, kw, utc } from '../src/format.js';
import { kindWord, limitSource, plainWord, stateOf } from '../src/words.js';

test('kW have one decimal, halves rounded up', () => {
  for (const [watts, text] of [[0, '0.0'], [62500, '62.5'], [62449, '62.4'], [62450, '62.5'],
    [66750, '66.8'], [1200000, '1200.0'], [2147483647, '2147483.6'], [-30000, '-30.0']]) {
    assert.equal(kw(watts), text);
  }
});

test('a little is not nothing, and nothing known is a dash', () => {
  assert.equal(kw(1), '<0.1');
  assert.equal(kw(49), '<0.1');
  assert.equal(kw(50), '0.1');
  assert.equal(kw(null), '–');
  assert.equal(kw(undefined), '–');
});

test('times are UTC and say so', () => {
  assert.equal(utc('2025-03-03T06:20:00.000Z'), '2025-03-03 06:20 UTC');
  assert.equal(utc('2025-03-03 08:20:05+02'.replace(' ', 'T') + ':00'), '2025-03-03 06:20:05 UTC');
  assert.equal(utc(null), '–');
  assert.equal(utc('never'), '–');
});

test('ages take the largest unit that fits', () => {
  const now = '2025-03-03T12:00:00Z';
  for (const [then, text] of [['11:59:57', '3 s'], ['11:57:00', '3 min'], ['09:00:00', '3 h'],
    ['12:00:05', 'in the future']]) {
    assert.equal(age(`2025-03-03T${then}Z`, now), text);
  }
  assert.equal(age('2025-02-28T12:00:00Z', now), '3 days');
  assert.equal(age(null, now), '–');
});

test('words', () => {
  assert.equal(count(1, 'charger'), '1 charger');
  assert.equal(count(0, 'charger'), '0 chargers');
  assert.equal(duration(0.84), '0.8 ms');
  assert.equal(duration(1500), '1.5 s');
  assert.equal(limitSource('BACKGROUND_LOAD'), 'less background load');
  assert.equal(limitSource(null), '');
  assert.equal(plainWord('EARLIEST_DEADLINE_FIRST'), 'earliest deadline first');
  assert.equal(kindWord('GRID_CONNECTION'), 'Grid connection');
});

test('a code of a later version is shown as it is', () => {
  assert.equal(limitSource('NEW_SOURCE'), 'NEW_SOURCE');
  assert.equal(kindWord('BATTERY'), 'BATTERY');
  assert.equal(stateOf('PAUSED').word, 'PAUSED');
});
