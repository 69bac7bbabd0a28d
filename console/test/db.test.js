import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase, reasonOf } from '../src/db.js';

test('what is no address of a database is none', async () => {
  for (const text of ['garbage', 'dbname=depot host=/tmp', 'mysql://u:secret@h/db', 'postgres://u:secret@h:99999/db', 'http://h/']) {
    assert.equal(openDatabase({ connectionString: text }), null, text);
  }
  for (const text of [undefined, 'postgres://h/db', 'postgresql://u:secret@[::1]:5432/db', 'postgres:///db?host=/run/postgresql', '/run/postgresql db']) {
    const db = openDatabase({ connectionString: text });
    assert.ok(db, text);
    await db.close();
  }
});

test('the reason is told also where several addresses were tried', () => {
  const refused = (where) => Object.assign(new Error(`connect ECONNREFUSED ${where}`), { code: 'ECONNREFUSED' });
  assert.equal(reasonOf(refused('::1:5432')), 'connect ECONNREFUSED ::1:5432');
  const both = Object.assign(new AggregateError([refused('::1:5432'), refused('127.0.0.1:5432')], ''), { code: 'ECONNREFUSED' });
  assert.equal(reasonOf(both), 'connect ECONNREFUSED ::1:5432; connect ECONNREFUSED 127.0.0.1:5432');
});
