package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"cloud.google.com/go/pubsub/v2"
	pb "cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
)

// usePubsub publishes, and receives on streaming pulls.
func usePubsub(ctx context.Context, name string) (report, error) {
	client, err := pubsub.NewClient(ctx, pubsub.DetectProjectID)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	topic := fmt.Sprintf("projects/%s/topics/%s", client.Project(), name)
	if _, err := client.TopicAdminClient.CreateTopic(ctx, &pb.Topic{Name: topic}); err != nil {
		return nil, err
	}
	for _, ordered := range []bool{false, true} {
		_, err := client.SubscriptionAdminClient.CreateSubscription(ctx, &pb.Subscription{
			Name:  fmt.Sprintf("projects/%s/subscriptions/%s-%t", client.Project(), name, ordered),
			Topic: topic, EnableMessageOrdering: ordered,
		})
		if err != nil {
			return nil, err
		}
	}

	var plain, ordered report
	var failed [3]error
	var all sync.WaitGroup
	all.Go(func() { plain, failed[0] = hundred(ctx, client.Subscriber(name+"-false")) })
	all.Go(func() { ordered, failed[1] = inOrder(ctx, client.Subscriber(name+"-true")) })
	all.Go(func() { failed[2] = publish(ctx, client.Publisher(topic)) })
	all.Wait()
	for _, err := range failed {
		if err != nil {
			return nil, err
		}
	}
	for key, value := range ordered {
		plain[key] = value
	}
	return plain, nil
}

func publish(ctx context.Context, publisher *pubsub.Publisher) error {
	publisher.EnableMessageOrdering = true
	defer publisher.Stop()
	var results []*pubsub.PublishResult
	for at := range 100 {
		message := &pubsub.Message{
			Data:        []byte(strconv.Itoa(at)),
			Attributes:  map[string]string{"half": half(at)},
			OrderingKey: []string{"even", "odd"}[at%2],
		}
		results = append(results, publisher.Publish(ctx, message))
	}
	for _, result := range results {
		if _, err := result.Get(ctx); err != nil {
			return err
		}
	}
	return nil
}

func half(at int) string {
	if at < 50 {
		return "first"
	}
	return "second"
}

// receive hands on one message at a time until take says that it has enough.
func receive(ctx context.Context, subscriber *pubsub.Subscriber, take func(at int, message *pubsub.Message) bool) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var lock sync.Mutex
	enough := false
	err := subscriber.Receive(ctx, func(_ context.Context, message *pubsub.Message) {
		lock.Lock()
		defer lock.Unlock()
		at, _ := strconv.Atoi(string(message.Data))
		if take(at, message) {
			enough = true
			stop()
		}
	})
	if err == nil && !enough {
		err = fmt.Errorf("messages are missing from %s", subscriber)
	}
	return err
}

// hundred acknowledges every message, one of them only when it comes again.
func hundred(ctx context.Context, subscriber *pubsub.Subscriber) (report, error) {
	seen := map[int]bool{}
	nacked, wrong := 0, 0
	err := receive(ctx, subscriber, func(at int, message *pubsub.Message) bool {
		if message.Attributes["half"] != half(at) {
			wrong++
		}
		if at == 42 && nacked == 0 {
			nacked++
			message.Nack()
			return false
		}
		seen[at] = true
		message.Ack()
		return len(seen) == 100
	})
	return report{"received": len(seen), "nacked": nacked, "wrongAttributes": wrong}, err
}

// inOrder gives one message back: it and what follows it of its key come again.
func inOrder(ctx context.Context, subscriber *pubsub.Subscriber) (report, error) {
	orders := map[string][]int{}
	nacked := false
	err := receive(ctx, subscriber, func(at int, message *pubsub.Message) bool {
		if at == 42 && !nacked {
			nacked = true
			message.Nack()
			return false
		}
		orders[message.OrderingKey] = append(orders[message.OrderingKey], at)
		message.Ack()
		even := orders["even"]
		return slices.Contains(orders["odd"], 99) && slices.Contains(even, 42) &&
			even[len(even)-1] == 98
	})
	sorted, keys := report{}, report{}
	for key, order := range orders {
		last := lastTimes(order)
		sorted[key] = slices.IsSorted(last)
		keys[key] = len(last)
	}
	return report{"ordered": sorted, "keys": keys}, err
}

// lastTimes keeps of what came twice the last time.
func lastTimes(order []int) (last []int) {
	for at, number := range order {
		if !slices.Contains(order[at+1:], number) {
			last = append(last, number)
		}
	}
	return last
}
