// Lets Node.js reach the door where it does not obey proxy variables by itself.
//
// Loaded by NODE_OPTIONS=--require. Two ways past the door are closed:
//   * an https.Agent that a library made for itself, such as that of google-gax's REST
//     transport, connects directly in every release;
//   * `fetch`, which @google/genai calls, does so before Node.js 22.21 and 24.5. From
//     those on NODE_USE_ENV_PROXY=1, which is set beside this file, is enough.
// A connection that somebody else leads through a proxy is left alone.

'use strict';

const http = require('node:http');
const https = require('node:https');
const net = require('node:net');
const tls = require('node:tls');

function proxyFor(host) {
  const proxy = process.env.https_proxy || process.env.HTTPS_PROXY;
  const direct = process.env.no_proxy ?? process.env.NO_PROXY ?? '';
  const named = direct.split(',').map(each => each.trim());
  return proxy && !named.includes(host) ? new URL(proxy) : null;
}

// A socket on which the other end of a tunnel listens, or an error.
function tunnel(proxy, host, port, done) {
  const asked = http.request({
    host: proxy.hostname,
    port: proxy.port,
    method: 'CONNECT',
    path: `${host}:${port}`,
    headers: {host: `${host}:${port}`},
    agent: false,
  });
  asked.once('error', done);
  asked.once('connect', (answer, socket) => {
    if (answer.statusCode === 200) return done(null, socket);
    socket.destroy();
    return done(new Error(`the proxy answered ${answer.statusCode} for ${host}:${port}`));
  });
  asked.end();
}

const direct = https.Agent.prototype.createConnection;

https.Agent.prototype.createConnection = function createConnection(options, done) {
  const proxy = proxyFor(options.host);
  if (!proxy || options.socket || this.options?.proxyEnv) {
    return direct.call(this, options, done);
  }
  tunnel(proxy, options.host, options.port, (error, socket) => {
    if (error) return done(error);
    return done(null, direct.call(this, {...options, socket}));
  });
  return undefined;
};

function obeysByItself() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);
}

// What `fetch` connects with. Its class is built in and has no name to be required by.
function leadFetch() {
  const current = Symbol.for('undici.globalDispatcher.1');
  void globalThis.Headers; // loads what sets it
  const Agent = globalThis[current]?.constructor;
  if (!Agent) return;
  const connect = ({protocol, hostname, port, servername}, done) => {
    const ready = (socket, event) => {
      socket.once('error', done);
      socket.once(event, () => {
        socket.off('error', done);
        done(null, socket);
      });
    };
    const secured = socket => {
      const name = servername || hostname;
      const offered = {servername: name, ALPNProtocols: ['http/1.1']};
      const to = socket ? {socket} : {host: hostname, port: port || 443};
      ready(tls.connect({...offered, ...to}), 'secureConnect');
    };
    const proxy = proxyFor(hostname);
    if (protocol !== 'https:') {
      ready(net.connect({host: hostname, port: port || 80}), 'connect');
    } else if (!proxy) {
      secured();
    } else {
      tunnel(proxy, hostname, port || 443, (error, socket) =>
        error ? done(error) : secured(socket)
      );
    }
  };
  Object.defineProperty(globalThis, current, {
    value: new Agent({connect}),
    writable: true,
    enumerable: false,
    configurable: false,
  });
}

if (!obeysByItself()) leadFetch();
