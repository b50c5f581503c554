// What Node.js itself connects with: to a host that is none of Google's, and to this
// machine without the door.

import {createServer} from 'node:http';
import {Agent, get} from 'node:https';

export async function outside() {
  const server = createServer((_, answer) => answer.end('here'));
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const here = await fetch(`http://127.0.0.1:${server.address().port}/`);
  const text = await here.text();
  server.close();

  const fails = promise =>
    promise.then(
      () => 'reached',
      error => `${error.message} ${error.cause?.message}`
    );
  const asked = options =>
    new Promise((resolve, reject) => {
      get('https://example.com/', options, resolve).on('error', reject);
    });
  return {
    here: text,
    fetch: await fails(fetch('https://example.com/')),
    agent: await fails(asked({})),
    ownAgent: await fails(asked({agent: new Agent({keepAlive: true})})),
    google: (await fetch('https://storage.googleapis.com/storage/v1/b/none')).status,
  };
}
