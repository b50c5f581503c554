// Drives Google's Node.js clients with nothing but the environment, and prints what
// they saw as one JSON object: a member for each section, "error" in one that failed.
//
//   node main.js PREFIX      PREFIX begins the name of everything that is made

import {batchJobs} from './batch_jobs.js';
import {genaiBatches} from './genai_batches.js';
import {makeInput} from './input.js';
import {outside} from './outside.js';
import {pubsub} from './pubsub.js';
import {storage} from './storage.js';

const prefix = process.argv[2];
const sections = {
  storage: () => storage(`${prefix}-storage`),
  pubsub: () => pubsub(`${prefix}-pubsub`),
  outside,
};
for (const location of ['us-central1', 'global']) {
  for (const transport of ['grpc', 'rest']) {
    sections[`jobs ${transport} ${location}`] = input =>
      batchJobs({transport, location, input, name: `${prefix}-${transport}-${location}`});
  }
  sections[`genai ${location}`] = input =>
    genaiBatches({location, input, name: `${prefix}-genai-${location}`});
}

const input = await makeInput(`${prefix}-input`);
const told = {};
await Promise.all(
  Object.entries(sections).map(async ([name, run]) => {
    try {
      told[name] = await run(input);
    } catch (error) {
      told[name] = {error: error.stack};
    }
  })
);
console.log(JSON.stringify(told));
