// Verifies with npm's mailauth. Argument: JSON, the key records by name. Input: lines of JSON, each a message in base64.
// Output: a line of JSON for each.
'use strict';
const { createInterface } = require('node:readline');
const { dkimVerify } = require('mailauth/lib/dkim/verify');

const records = JSON.parse(process.argv[2]);
const resolver = async (name) => {
  if (!(name in records)) {
    throw Object.assign(new Error(`no ${name}`), { code: 'ENOTFOUND' });
  }
  return [[records[name]]];
};

(async () => {
  for await (const line of createInterface({ input: process.stdin })) {
    const { results } = await dkimVerify(Buffer.from(JSON.parse(line), 'base64'), { resolver });
    process.stdout.write(JSON.stringify(results.map((one) => `${one.signingDomain} ${one.algo} ${one.status.result}`)) + '\n');
  }
})();
