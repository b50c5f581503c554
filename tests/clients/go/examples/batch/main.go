// Batch has Gemini answer a file of requests, and prints what it said.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"time"

	"cloud.google.com/go/storage"
	"google.golang.org/api/iterator"
	"google.golang.org/genai"
)

func main() {
	ctx, name := context.Background(), os.Args[1]
	project := os.Getenv("GOOGLE_CLOUD_PROJECT")

	objects, err := storage.NewClient(ctx)
	check(err)
	bucket := objects.Bucket(name)
	if _, err := bucket.Attrs(ctx); errors.Is(err, storage.ErrBucketNotExist) {
		check(bucket.Create(ctx, project, nil))
	}

	// One line a request; "key" is yours, and comes back beside the answer.
	var requests bytes.Buffer
	for key, text := range map[string]string{
		"tea": "How long does green tea steep?", "rice": "Does rice keep?",
	} {
		turn := map[string]any{"role": "user", "parts": []any{map[string]any{"text": text}}}
		check(json.NewEncoder(&requests).Encode(map[string]any{
			"key": key, "request": map[string]any{"contents": []any{turn}},
		}))
	}
	writer := bucket.Object("requests.jsonl").NewWriter(ctx)
	_, err = requests.WriteTo(writer)
	check(errors.Join(err, writer.Close()))

	ai, err := genai.NewClient(ctx, &genai.ClientConfig{
		Backend: genai.BackendVertexAI, Project: project, Location: "us-central1",
	})
	check(err)
	job, err := ai.Batches.Create(ctx, "gemini-2.5-flash",
		&genai.BatchJobSource{
			Format: "jsonl", GCSURI: []string{"gs://" + name + "/requests.jsonl"},
		},
		&genai.CreateBatchJobConfig{
			DisplayName: "kitchen",
			Dest: &genai.BatchJobDestination{
				Format: "jsonl", GCSURI: "gs://" + name + "/answers",
			},
		})
	check(err)
	for !final(job.State) {
		time.Sleep(500 * time.Millisecond)
		job, err = ai.Batches.Get(ctx, job.Name, nil)
		check(err)
	}
	fmt.Println(job.State)

	// The answers lie in a folder named by the time the job was made, in any order.
	files := bucket.Objects(ctx, &storage.Query{Prefix: "answers/"})
	for {
		file, err := files.Next()
		if errors.Is(err, iterator.Done) {
			break
		}
		check(err)
		if strings.HasSuffix(file.Name, "/predictions.jsonl") {
			show(ctx, bucket.Object(file.Name))
		}
	}
}

func show(ctx context.Context, file *storage.ObjectHandle) {
	reader, err := file.NewReader(ctx)
	check(err)
	body, err := io.ReadAll(reader)
	check(err)
	for line := range bytes.Lines(body) {
		var row struct {
			Key, Status string
			Response    genai.GenerateContentResponse
		}
		check(json.Unmarshal(line, &row))
		if row.Status != "" {
			fmt.Println(row.Key, row.Status)
		} else {
			fmt.Println(row.Key, row.Response.Text())
		}
	}
}

func final(state genai.JobState) bool {
	switch state {
	case genai.JobStateSucceeded, genai.JobStatePartiallySucceeded,
		genai.JobStateFailed, genai.JobStateCancelled, genai.JobStateExpired:
		return true
	}
	return false
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
