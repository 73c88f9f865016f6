// npm's smtp-server on a free port: prints the port, then each message as a line of JSON.
// Recipients whose address begins with "unknown" are refused.
'use strict';
const { SMTPServer } = require('smtp-server');

const say = (value) => process.stdout.write(JSON.stringify(value) + '\n');

const server = new SMTPServer({
  authOptional: true,
  disableReverseLookup: true,
  hideSMTPUTF8: false,
  hidePIPELINING: false,
  hideSize: false,
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
