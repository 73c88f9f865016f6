// Verifies with npm's mailauth. Argument: the key record. Input: lines of JSON, each a message in base64. Output: a line of JSON for each.
'use strict';
const { createInterface } = require('node:readline');
const { dkimVerify } = require('mailauth/lib/dkim/verify');

const resolver = async (name) => {
  if (name !== 's1._domainkey.example.com') {
    throw Object.assign(new Error(`no ${name}`), { code: 'ENOTFOUND' });
  }
  return [[process.argv[2]]];
};

(async () => {
  for await (const line of createInterface({ input: process.stdin })) {
    const { results } = await dkimVerify(Buffer.from(JSON.parse(line), 'base64'), { resolver });
    process.stdout.write(JSON.stringify(results.map((one) => ({ domain: one.signingDomain, result: one.status.result, comment: one.status.comment }))) + '\n');
  }
})();
