/* Topics, subscriptions, and what waits in one. */

import { h } from "./dom.js";
import { bytes, last, number } from "./format.js";
import { ago, badge, box, empty, facts, heading, link, pager, pointing, table } from "./parts.js";

export const topics = {
  title: () => "Messages",
  urls: () => ["topics"],
  render(summary, asked, found) {
    const rows = [
      ...found.topics.flatMap((topic) => topic.subscriptions.length ? topic.subscriptions.map((each) => row(topic.name, each)) : [row(topic.name, null)]),
      ...found.orphans.map((each) => row(each.topic, each)),
    ];
    return [heading("Messages"), rows.length ? table(
      "Subscriptions by topic, and what waits in them",
      [{ title: "Subscription" }, { title: "Topic", kind: "wide" }, { title: "Waiting", kind: "right" }, { title: "Leased", kind: "right" }, { title: "Oldest", kind: "wide" }, { title: "Delivery", kind: "wide" }],
      rows,
    ) : empty(
      "There is no topic yet",
      "Make one with any Google client, from a terminal in which you have run the first of these:",
      pointing(summary),
      `python -c 'from google.cloud import pubsub_v1; pubsub_v1.PublisherClient().create_topic(name="projects/${summary.project}/topics/my-topic")'`,
    )];
  },
};

function row(topic, subscription) {
  if (!subscription) {
    return { key: topic, cells: [h("span", { class: "dim" }, "no subscription"), last(topic), "–", "–", "–", ""] };
  }
  return {
    key: subscription.name,
    cells: [
      [link(last(subscription.name), "messages", { subscription: subscription.name }, { class: "name" }), h("div", { class: "dim small" }, subscription.name.split("/")[1])],
      topic === "_deleted-topic_" ? h("span", { class: "tag" }, "topic deleted") : last(topic),
      [number(waiting(subscription)), subscription.counted < subscription.messages ? " and more" : ""],
      number(subscription.leased),
      ago(subscription.oldest),
      kind(subscription),
    ],
  };
}

function waiting(subscription) {
  return subscription.ready + subscription.resting;
}

function kind(subscription) {
  const words = [subscription.pushEndpoint ? "push" : "pull"];
  if (subscription.ordered) words.push("ordered");
  if (subscription.filter) words.push("filtered");
  if (subscription.detached) words.push("detached");
  return words.join(", ");
}

export const messages = {
  title: (asked) => last(asked.subscription ?? ""),
  under: "topics",
  urls: (asked) => [`messages?${new URLSearchParams(asked)}`],
  key: (asked) => asked.subscription,
  render(summary, asked, found) {
    const { subscription } = found;
    return [
      heading(last(subscription.name)),
      facts([
        ["Subscription", h("code", {}, subscription.name)],
        ["Topic", h("code", {}, subscription.topic)],
        ["Waiting", `${number(subscription.ready)} ready, ${number(subscription.resting)} resting after a failure`],
        ["Leased", number(subscription.leased)],
        ["Delivery", [kind(subscription), subscription.pushEndpoint ? ` to ${subscription.pushEndpoint}` : ""]],
        ["Filter", subscription.filter ? h("code", {}, subscription.filter) : ""],
        ["Deadline", `${subscription.ackDeadlineSeconds} s`],
      ]),
      found.messages.length ? [
        h("p", { class: "dim" }, "Looking takes nothing: subscribers get these all the same."),
        h("ul", { class: "messages" }, found.messages.map(one)),
      ] : empty("Nothing waits here", "Every message has been acknowledged, or none was published since the subscription was made."),
      pager("messages", asked, found.next),
    ];
  },
};

function one(message) {
  return h("li", { "data-key": message.id }, h(
    "details",
    {},
    h(
      "summary",
      {},
      h("span", { class: "figure" }, message.id),
      badge(message.state),
      message.attempts ? h("span", { class: "tag" }, `failed ${message.attempts}×`) : "",
      h("span", { class: "dim" }, bytes(message.bytes)),
      ago(message.published),
    ),
    facts([
      ["Ordering key", message.orderingKey],
      ...Object.entries(message.attributes),
    ]),
    message.text === null ? h("p", { class: "dim" }, "Its data is no text.") : box("The message's data", pretty(message.text)),
    message.whole ? "" : h("p", { class: "dim" }, "Only the beginning of its data is shown."),
  ));
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
