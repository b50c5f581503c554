package dropbatch;

import com.google.api.core.ApiFuture;
import com.google.api.core.ApiFutures;
import com.google.cloud.pubsub.v1.AckReplyConsumer;
import com.google.cloud.pubsub.v1.Publisher;
import com.google.cloud.pubsub.v1.Subscriber;
import com.google.cloud.pubsub.v1.SubscriptionAdminClient;
import com.google.cloud.pubsub.v1.TopicAdminClient;
import com.google.protobuf.ByteString;
import com.google.pubsub.v1.ProjectSubscriptionName;
import com.google.pubsub.v1.PubsubMessage;
import com.google.pubsub.v1.Subscription;
import com.google.pubsub.v1.TopicName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Publishing, and subscribers on a streaming pull. */
final class PubsubCalls {
  private static final int MESSAGES = 100;

  static Map<String, Object> run(String name) throws Exception {
    String project = System.getenv("GOOGLE_CLOUD_PROJECT");
    TopicName topic = TopicName.of(project, name);
    var plain = ProjectSubscriptionName.of(project, name + "-plain");
    var ordered = ProjectSubscriptionName.of(project, name + "-ordered");
    try (TopicAdminClient topics = TopicAdminClient.create();
        SubscriptionAdminClient subscriptions = SubscriptionAdminClient.create()) {
      topics.createTopic(topic);
      for (var each : List.of(plain, ordered)) {
        subscriptions.createSubscription(
            Subscription.newBuilder()
                .setName(each.toString())
                .setTopic(topic.toString())
                .setEnableMessageOrdering(each.equals(ordered))
                .build());
      }
    }
    publish(topic);
    Map<String, Object> told = new HashMap<>(hundred(plain));
    told.putAll(inOrder(ordered));
    return told;
  }

  private static void publish(TopicName topic) throws Exception {
    Publisher publisher = Publisher.newBuilder(topic).setEnableMessageOrdering(true).build();
    List<ApiFuture<String>> sent = new ArrayList<>();
    for (int at = 0; at < MESSAGES; at++) {
      sent.add(
          publisher.publish(
              PubsubMessage.newBuilder()
                  .setData(ByteString.copyFromUtf8(String.valueOf(at)))
                  .putAttributes("half", half(at))
                  .setOrderingKey(at % 2 == 0 ? "even" : "odd")
                  .build()));
    }
    ApiFutures.allAsList(sent).get(60, TimeUnit.SECONDS);
    publisher.shutdown();
  }

  private static String half(int at) {
    return at < MESSAGES / 2 ? "first" : "second";
  }

  /** Every message is acknowledged, one of them only when it comes again. */
  private static Map<String, Object> hundred(ProjectSubscriptionName subscription)
      throws Exception {
    Set<Integer> seen = new HashSet<>();
    int[] counts = new int[2]; // nacked, with wrong attributes
    receive(
        subscription,
        (at, message, reply) -> {
          if (!message.getAttributesOrThrow("half").equals(half(at))) {
            counts[1]++;
          }
          if (at == 42 && counts[0] == 0) {
            counts[0]++;
            reply.nack();
            return false;
          }
          seen.add(at);
          reply.ack();
          return seen.size() == MESSAGES;
        });
    return Map.of("received", seen.size(), "nacked", counts[0], "wrongAttributes", counts[1]);
  }

  /** One message is given back: it and what follows it of its key come again. */
  private static Map<String, Object> inOrder(ProjectSubscriptionName subscription)
      throws Exception {
    List<Integer> odd = new ArrayList<>();
    List<Integer> even = new ArrayList<>();
    boolean[] nacked = new boolean[1];
    receive(
        subscription,
        (at, message, reply) -> {
          if (at == 42 && !nacked[0]) {
            nacked[0] = true;
            reply.nack();
            return false;
          }
          (message.getOrderingKey().equals("odd") ? odd : even).add(at);
          reply.ack();
          return odd.contains(99) && even.contains(42) && even.get(even.size() - 1) == 98;
        });
    return Map.of(
        "ordered", Map.of("odd", isSorted(lastTimes(odd)), "even", isSorted(lastTimes(even))),
        "keys", Map.of("odd", lastTimes(odd).size(), "even", lastTimes(even).size()));
  }

  /** Of what came twice the last time. */
  private static List<Integer> lastTimes(List<Integer> order) {
    return IntStream.range(0, order.size())
        .filter(at -> order.lastIndexOf(order.get(at)) == at)
        .mapToObj(order::get)
        .toList();
  }

  private static boolean isSorted(List<Integer> order) {
    return order.equals(order.stream().sorted().toList());
  }

  private interface Taking {
    boolean take(int at, PubsubMessage message, AckReplyConsumer reply);
  }

  /** Hands on one message at a time until one is said to be the last. */
  private static void receive(ProjectSubscriptionName subscription, Taking taking)
      throws Exception {
    CountDownLatch enough = new CountDownLatch(1);
    Object one = new Object();
    Subscriber subscriber =
        Subscriber.newBuilder(
                subscription,
                (PubsubMessage message, AckReplyConsumer reply) -> {
                  synchronized (one) {
                    int at = Integer.parseInt(message.getData().toStringUtf8());
                    if (taking.take(at, message, reply)) {
                      enough.countDown();
                    }
                  }
                })
            .build();
    subscriber.startAsync().awaitRunning();
    try {
      if (!enough.await(120, TimeUnit.SECONDS)) {
        throw new IllegalStateException("messages are missing");
      }
    } finally {
      subscriber.stopAsync().awaitTerminated(20, TimeUnit.SECONDS);
    }
  }
}
