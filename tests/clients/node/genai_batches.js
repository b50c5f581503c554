// @google/genai: batches at one location of Vertex AI.

import {GoogleGenAI} from '@google/genai';
import {refusal, until} from './input.js';

export async function genaiBatches({location, input, name}) {
  const project = process.env.GOOGLE_CLOUD_PROJECT;
  const client = new GoogleGenAI({vertexai: true, project, location});
  const create = (what, src) =>
    client.batches.create({
      model: 'gemini-2.5-flash',
      src,
      config: {
        displayName: `${name} ${what}`,
        dest: input.outputUnder(`${name}-${what}`),
      },
    });
  const reaches = (job, state) =>
    until(async () => {
      const now = await client.batches.get({name: job.name});
      return now.state === state && now;
    });

  const job = await create('answered', input.short);
  const doomed = await create('cancelled', input.long);
  await client.batches.cancel({name: doomed.name});
  const done = await reaches(job, 'JOB_STATE_SUCCEEDED');
  const cancelled = await reaches(doomed, 'JOB_STATE_CANCELLED');

  const listed = [];
  const config = {filter: `display_name:"${name}*"`, pageSize: 1};
  for await (const each of await client.batches.list({config})) {
    listed.push(each.displayName.slice(name.length + 1));
  }
  await client.batches.delete({name: job.name});

  return {
    created: job.state,
    ended: done.state,
    destination: done.dest.gcsUri === input.outputUnder(`${name}-answered`),
    listed,
    cancelled: cancelled.state,
    afterDelete: await refusal(() => client.batches.get({name: job.name})),
  };
}
