// node_server.js PORT [ADDRESS]: one process, one loop. Node raises its own limit of open files.
'use strict';
const http = require('node:http');

const HELLO = Buffer.from('Hello, World!');
const HELLO_JSON = { message: 'Hello, World!' };
const PATTERN = '0123456789abcdef';
const CLOCK_STEP = 1;  // libuv counts whole milliseconds from the last one begun, so a timer may fire one early
const LARGEST_ECHO = 1 << 20;

function reply(response, type, body) {
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

const text = (response, body) => reply(response, 'text/plain', body);

function refuse(response, status) {
  response.writeHead(status, { 'Content-Length': 0, Connection: 'close' });
  response.end();
}

function block(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

// Wall time: Node's CPU clocks only advance with the kernel's tick, about every 4 ms.
function useCpu(us) {
  const end = performance.now() + us / 1000;
  while (performance.now() < end);
}

function echo(request, response) {
  const chunks = [];
  let size = 0;
  request.on('data', (chunk) => {
    size += chunk.length;
    if (size <= LARGEST_ECHO) chunks.push(chunk);
  });
  request.on('end', () => {
    if (size > LARGEST_ECHO) refuse(response, 413);
    else reply(response, 'application/octet-stream', Buffer.concat(chunks));
  });
}

function upload(request, response) {
  let size = 0;
  request.on('data', (chunk) => { size += chunk.length; });
  request.on('end', () => text(response, String(size)));
}

const GET = {
  plaintext: (response) => text(response, HELLO),
  json: (response) => reply(response, 'application/json', JSON.stringify(HELLO_JSON)),
  bytes: (response, n) =>
    reply(response, 'application/octet-stream', PATTERN.repeat(n / PATTERN.length + 1).slice(0, n)),
  delay: (response, ms) => setTimeout(() => text(response, String(ms)), ms + CLOCK_STEP),
  block: (response, ms) => { block(ms); text(response, String(ms)); },
  cpu: (response, us) => { useCpu(us); text(response, String(us)); },
};
const POST = { echo, upload };

const server = http.createServer({ noDelay: true, requestTimeout: 0 }, (request, response) => {
  const [, name, amount] = request.url.split('/');
  if (request.method === 'GET' && Object.hasOwn(GET, name)) GET[name](response, Number(amount));
  else if (request.method === 'POST' && Object.hasOwn(POST, name)) POST[name](request, response);
  else refuse(response, 404);
});
server.keepAliveTimeout = 600_000;
server.listen({ port: Number(process.argv[2]), host: process.argv[3] ?? '127.0.0.1', backlog: 65535 });

process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  setTimeout(() => process.exit(0), 5000);
});
