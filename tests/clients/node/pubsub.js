// @google-cloud/pubsub: publishing, and subscribers on a streaming pull.

import {PubSub} from '@google-cloud/pubsub';

export async function pubsub(name) {
  const client = new PubSub();
  const [topic] = await client.createTopic(name);
  const [plain] = await topic.createSubscription(`${name}-plain`);
  const [ordered] = await topic.createSubscription(`${name}-ordered`, {
    enableMessageOrdering: true,
  });

  const receiving = [hundred(plain), inOrder(ordered)];
  const keyed = client.topic(name, {messageOrdering: true});
  await Promise.all(
    Array.from({length: 100}, (_, at) =>
      keyed.publishMessage({
        data: Buffer.from(String(at)),
        attributes: {half: at < 50 ? 'first' : 'second'},
        orderingKey: at % 2 ? 'odd' : 'even',
      })
    )
  );
  const [received, orders] = await Promise.all(receiving);
  await client.close();
  return {...received, ...orders};
}

// Every message is acknowledged, one of them only when it comes again.
async function hundred(subscription) {
  const seen = new Set();
  let repeated = 0;
  let wrong = 0;
  await receive(subscription, message => {
    const at = Number(message.data.toString());
    if (message.attributes.half !== (at < 50 ? 'first' : 'second')) wrong += 1;
    if (at === 42 && !repeated) {
      repeated += 1;
      message.nack();
      return false;
    }
    seen.add(at);
    message.ack();
    return seen.size === 100;
  });
  return {received: seen.size, nacked: repeated, wrongAttributes: wrong};
}

// One message is given back: it and what follows it of its key come again.
async function inOrder(subscription) {
  const orders = {odd: [], even: []};
  let nacked = false;
  await receive(subscription, message => {
    const at = Number(message.data.toString());
    if (at === 42 && !nacked) {
      nacked = true;
      message.nack();
      return false;
    }
    orders[message.orderingKey].push(at);
    message.ack();
    const {odd, even} = orders;
    return odd.includes(99) && even.includes(42) && even.at(-1) === 98;
  });
  // Of what came twice the last time counts.
  const last = key => orders[key].filter((n, at) => orders[key].lastIndexOf(n) === at);
  const sorted = numbers => numbers.every((n, at) => at === 0 || numbers[at - 1] < n);
  return {
    ordered: {odd: sorted(last('odd')), even: sorted(last('even'))},
    keys: {odd: last('odd').length, even: last('even').length},
  };
}

function receive(subscription, take) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('messages are missing')), 120_000);
    subscription.on('error', reject);
    subscription.on('message', message => {
      if (!take(message)) return;
      clearTimeout(late);
      subscription.close().then(resolve, reject);
    });
  });
}
