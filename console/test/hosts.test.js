import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostsOf } from '../src/hosts.js';

test('on loopback, under whatever name, it goes by its own names and those given', () => {
  for (const host of ['127.0.0.1', 'localhost', 'LocalHost', '::1', '127.0.0.2', '127.1.2.3']) {
    const names = hostsOf(host, ' Console.example, ,proxy');
    for (const name of ['localhost', '127.0.0.1', '[::1]', 'console.example', 'proxy']) assert.ok(names.includes(name), `${host}: ${name}`);
    assert.ok(!names.includes('evil.example') && !names.includes(''), host);
  }
  assert.ok(hostsOf('127.0.0.2').includes('127.0.0.2'));
});

test('elsewhere by any name, unless its names are given', () => {
  for (const host of ['0.0.0.0', '::', '192.0.2.7', 'depot.example', '127.example']) assert.equal(hostsOf(host), null, host);
  assert.deepEqual(hostsOf('0.0.0.0', 'fleet.example'), ['localhost', '127.0.0.1', '[::1]', '0.0.0.0', 'fleet.example']);
});
