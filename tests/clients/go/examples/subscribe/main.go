// Subscribe prints what the pipeline says of so many drops.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strconv"
	"sync"

	"cloud.google.com/go/pubsub/v2"
)

func main() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	count, err := strconv.Atoi(os.Args[2])
	check(err)
	client, err := pubsub.NewClient(ctx, pubsub.DetectProjectID)
	check(err)
	defer client.Close()

	seen := map[string]bool{}
	var lock sync.Mutex // the function below runs many times at once
	check(client.Subscriber(os.Args[1]).Receive(ctx,
		func(_ context.Context, message *pubsub.Message) {
			lock.Lock()
			defer lock.Unlock()
			id := message.Attributes["ce-id"]
			if !seen[id] {
				var drop struct {
					Outcome   string
					OutputURI string `json:"output_uri"`
				}
				check(json.Unmarshal(message.Data, &drop))
				fmt.Println(drop.Outcome, drop.OutputURI)
			}
			seen[id] = true
			message.Ack()
			if len(seen) == count {
				stop()
			}
		}))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
