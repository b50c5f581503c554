// @google-cloud/aiplatform: the whole life of batch jobs at one location.

import {v1} from '@google-cloud/aiplatform';
import {refusal, until} from './input.js';

const host = 'aiplatform.googleapis.com';
const ended = ['JOB_STATE_SUCCEEDED', 'JOB_STATE_CANCELLED', 'JOB_STATE_FAILED'];

export async function batchJobs({transport, location, input, name}) {
  const client = new v1.JobServiceClient({
    apiEndpoint: location === 'global' ? host : `${location}-${host}`,
    fallback: transport === 'rest',
  });
  const project = await client.getProjectId();
  const parent = `projects/${project}/locations/${location}`;

  const create = async (what, source) => {
    const [job] = await client.createBatchPredictionJob({
      parent,
      batchPredictionJob: {
        displayName: `${name} ${what}`,
        model: 'publishers/google/models/gemini-2.5-flash',
        labels: {run: name, what},
        inputConfig: {instancesFormat: 'jsonl', gcsSource: {uris: [source]}},
        outputConfig: {
          predictionsFormat: 'jsonl',
          gcsDestination: {outputUriPrefix: input.outputUnder(`${name}-${what}`)},
        },
      },
    });
    return job;
  };
  const end = job =>
    until(async () => {
      const [now] = await client.getBatchPredictionJob({name: job.name});
      return ended.includes(now.state) && now;
    });

  const job = await create('answered', input.short);
  const doomed = await create('cancelled', input.long);
  const activeDelete = await refusal(() =>
    client.deleteBatchPredictionJob({name: doomed.name})
  );
  await client.cancelBatchPredictionJob({name: doomed.name});
  const done = await end(job);
  const cancelled = await end(doomed);

  const listed = async (filter, pageSize) => {
    const found = [];
    const jobs = client.listBatchPredictionJobsAsync({parent, filter, pageSize});
    for await (const each of jobs) found.push(each.labels.what);
    return found;
  };
  const byLabelAndState = await listed(
    `labels.run="${name}" AND state="JOB_STATE_SUCCEEDED"`
  );
  const inPages = await listed(`display_name:"${name}*"`, 1);

  const directory = done.outputInfo.gcsOutputDirectory;
  const answered = await input.answered(directory);
  const [operation] = await client.deleteBatchPredictionJob({name: job.name});
  await operation.promise();

  return {
    created: job.state,
    ended: done.state,
    successful: Number(done.completionStats.successfulCount),
    directory: directory.replace(/prediction-model-.*/, 'prediction-model-'),
    answered,
    byLabelAndState,
    inPages,
    activeDelete,
    cancelled: cancelled.state,
    deleted: operation.done,
    afterDelete: await refusal(() => client.getBatchPredictionJob({name: job.name})),
    badFilter: await refusal(() => listed('colour="red"')),
  };
}
