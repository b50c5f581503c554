// What every batch job here reads: three rows, or as many as take a while.

import {Storage} from '@google-cloud/storage';

export const keys = ['a', 'b', 'c'];

export async function makeInput(name) {
  const [bucket] = await new Storage().createBucket(name);
  const rows = count => Array.from({length: count}, (_, at) => row(keys[at] ?? `r${at}`));
  await bucket.file('in.jsonl').save(rows(3).join(''));
  await bucket.file('long.jsonl').save(rows(3000).join(''));
  return {
    short: `gs://${name}/in.jsonl`,
    long: `gs://${name}/long.jsonl`,
    outputUnder: folder => `gs://${name}/out/${folder}`,
    // The keys of the rows that were answered, by the directory that a job names.
    async answered(directory) {
      const under = directory.slice(`gs://${name}/`.length);
      const [body] = await bucket.file(`${under}/predictions.jsonl`).download();
      const lines = body.toString().trimEnd().split('\n').map(line => JSON.parse(line));
      return lines
        .filter(line => line.status === '' && line.response.candidates.length > 0)
        .map(line => line.key)
        .sort();
    },
  };
}

function row(key) {
  const contents = [{role: 'user', parts: [{text: `Say ${key}.`}]}];
  return JSON.stringify({key, request: {contents}}) + '\n';
}

export async function until(claim, seconds = 120) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await claim();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`never true: ${claim}`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

// The error's code of a call that must fail.
export async function refusal(call) {
  try {
    await call();
  } catch (error) {
    return error.code ?? error.status ?? error.stack;
  }
  return 'not refused';
}
