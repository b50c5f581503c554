// Drives Google's Go clients with nothing but the environment, and prints what they
// saw as one JSON object: a member for each section, "error" in one that failed.
//
//	clients PREFIX      PREFIX begins the name of everything that is made
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"
)

type report map[string]any

func main() {
	prefix := os.Args[1]
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()

	in, err := makeInput(ctx, prefix+"-input")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	sections := map[string]func() (report, error){
		"storage": func() (report, error) { return useStorage(ctx, prefix+"-storage") },
		"pubsub":  func() (report, error) { return usePubsub(ctx, prefix+"-pubsub") },
	}
	for _, location := range []string{"us-central1", "global"} {
		sections["jobs grpc "+location] = func() (report, error) {
			return batchJobs(ctx, location, in, prefix+"-grpc-"+location)
		}
		sections["genai "+location] = func() (report, error) {
			return genaiBatches(ctx, location, in, prefix+"-genai-"+location)
		}
	}

	told := map[string]report{}
	var lock sync.Mutex
	var all sync.WaitGroup
	for name, run := range sections {
		all.Go(func() {
			found, err := run()
			if err != nil {
				found = report{"error": err.Error()}
			}
			lock.Lock()
			defer lock.Unlock()
			told[name] = found
		})
	}
	all.Wait()
	json.NewEncoder(os.Stdout).Encode(told)
}

// until asks again and again until the claim is true.
func until(ctx context.Context, claim func() (bool, error)) error {
	for {
		if found, err := claim(); found || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}
