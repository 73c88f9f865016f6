// npm's smtp-server on a free port: prints the port, then each message as a line of JSON.
// Recipients whose address begins with "unknown" are refused.
// --clear: no STARTTLS. --bare: no extension but that. --login user password: nobody else may send. --pem key certificate: files of its own.
'use strict';
const { readFileSync } = require('fs');
const { SMTPServer } = require('smtp-server');

const say = (value) => process.stdout.write(JSON.stringify(value) + '\n');
const after = (name) => {
  const index = process.argv.indexOf(name);
  return index < 0 ? null : process.argv.slice(index + 1, index + 3);
};
const login = after('--login');
const pem = after('--pem');
const bare = process.argv.includes('--bare');

const server = new SMTPServer({
  ...(pem && { key: readFileSync(pem[0]), cert: readFileSync(pem[1]) }),
  authOptional: !login,
  onAuth(auth, session, done) {
    const isGood = login && auth.username === login[0] &&
      (auth.method === 'CRAM-MD5' ? auth.validatePassword(login[1]) : auth.password === login[1]);
    done(isGood ? null : new Error('5.7.8 Wrong user name or password'), { user: auth.username });
  },
  disableReverseLookup: true,
  hide8BITMIME: bare,
  hideENHANCEDSTATUSCODES: bare,
  hideSMTPUTF8: bare,
  hidePIPELINING: bare,
  hideSize: bare,
  size: 1000000,
  hideSTARTTLS: process.argv.includes('--clear'),
  onRcptTo(address, session, done) {
    done(address.address.startsWith('unknown') ? Object.assign(new Error('5.1.1 No such user'), { responseCode: 550 }) : null);
  },
  onData(stream, session, done) {
    const parts = [];
    stream.on('data', (part) => parts.push(part));
    stream.on('end', () => {
      say({
        id: session.id,
        secure: session.secure,
        helo: session.hostNameAppearsAs,
        user: session.user,
        from: session.envelope.mailFrom.address,
        args: session.envelope.mailFrom.args,
        to: session.envelope.rcptTo.map((recipient) => recipient.address),
        data: Buffer.concat(parts).toString('base64'),
      });
      done(null, 'Taken');
    });
  },
});

server.on('error', () => {});
server.listen(0, '127.0.0.1', () => say({ port: server.server.address().port }));
process.stdin.on('end', () => process.exit()).resume();
