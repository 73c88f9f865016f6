// Runs the scripts of docs/campaign under node, with stand-ins for what Campaign's engine gives them: HttpClientRequest, options, loadLibrary,
// queryDef, xtk.session.Write, and a JSSP's request and response. Prints the port of its "Campaign server"; each line of input is a command.
'use strict';
const { spawnSync } = require('child_process');
const { readFileSync } = require('fs');
const { createServer } = require('http');
const { join } = require('path');
const { createInterface } = require('readline');
const vm = require('vm');

const folder = join(process.cwd(), 'docs', 'campaign');
const state = { options: {}, writes: [], log: [], statuses: [] };
const say = (value) => process.stdout.write(JSON.stringify(value) + '\n');

// As Campaign's: execute() returns when the answer is there.
const CALL = `
  const [url, method, header, body] = JSON.parse(require('fs').readFileSync(0, 'utf8'));
  fetch(url, { method, headers: header, body }).then(async (r) => process.stdout.write(JSON.stringify({ code: r.status, text: await r.text() })));`;
function HttpClientRequest(url) {
  this.url = url;
  this.method = 'GET';
  this.header = {};
  this.execute = () => {
    const made = spawnSync(process.execPath, ['-e', CALL], { input: JSON.stringify([this.url, this.method, this.header, this.body]), maxBuffer: 1 << 28 });
    if (made.status !== 0) throw new Error(String(made.stderr));
    const { code, text } = JSON.parse(made.stdout);
    this.response = { code, body: { toString: () => text } };
  };
}

function engine(extra) {
  const context = vm.createContext({
    HttpClientRequest,
    XML: function (text) { this.text = text; },
    getOption: (name) => state.options[name],
    setOption: (name, value) => { state.options[name] = value; },
    logInfo: (text) => state.log.push(text),
    logError: (text) => state.log.push('ERROR ' + text),
    xtk: { session: { Write: (document) => state.writes.push(document.text) } },
    ...extra,
  });
  context.loadLibrary = (name) => vm.runInContext(readFileSync(join(folder, name.replace(':', '-')), 'utf8'), context);
  return context;
}

function run({ script, vars, rows }) {
  const elements = (rows || []).map((row) => ({ getAttribute: (name) => row[name] }));
  const query = { ExecuteQuery: () => ({ getElementsByTagName: () => elements }) };
  vm.runInContext(readFileSync(join(folder, script), 'utf8'), engine({ vars, NLWS: { xtkQueryDef: { create: () => query } } }));
}

const commands = {
  run,
  set: ({ options }) => Object.assign(state.options, options),
  forget: () => { for (const name of Object.keys(state.options)) if (/last|cursor/.test(name)) delete state.options[name]; state.writes = []; },
  tell: () => undefined,
};

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    let status = 200;
    const page = readFileSync(join(folder, 'feedback.jssp'), 'utf8').replace(/<%@[^]*?%>/g, '').replace(/^\s*<%/, '').replace(/%>\s*$/, '');
    try {
      vm.runInContext(page, engine({
        // Taken for Latin-1 on purpose: the worst that a server may do to a body.
        request: { getBodyAsString: () => Buffer.concat(chunks).toString('latin1'), getHeader: (name) => request.headers[name.toLowerCase()] },
        response: { setStatus: (code) => { status = code; } },
      }));
    } catch (error) {
      state.log.push('ERROR ' + error);
      status = 500;
    }
    state.statuses.push(status);
    response.writeHead(status).end();
  });
});
server.listen(0, '127.0.0.1', () => {
  say({ port: server.address().port });
  createInterface({ input: process.stdin }).on('line', (line) => {
    const command = JSON.parse(line);
    try {
      commands[command.do](command);
      say(state);
    } catch (error) {
      say({ error: String(error) });
    }
  });
});
