package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"cloud.google.com/go/storage"
)

// input is what every batch job here reads: three rows, or as many as take a while.
type input struct {
	name   string
	bucket *storage.BucketHandle
}

func (in input) short() string { return "gs://" + in.name + "/in.jsonl" }
func (in input) long() string  { return "gs://" + in.name + "/long.jsonl" }
func (in input) outputUnder(folder string) string {
	return "gs://" + in.name + "/out/" + folder
}

func makeInput(ctx context.Context, name string) (input, error) {
	client, err := storage.NewClient(ctx)
	if err != nil {
		return input{}, err
	}
	in := input{name: name, bucket: client.Bucket(name)}
	if err := in.bucket.Create(ctx, project(), nil); err != nil {
		return in, err
	}
	for object, count := range map[string]int{"in.jsonl": 3, "long.jsonl": 3000} {
		if err := write(ctx, in.bucket.Object(object), rows(count)); err != nil {
			return in, err
		}
	}
	return in, nil
}

// answered returns the keys of the rows that have an answer, by the directory that a
// job names.
func (in input) answered(ctx context.Context, directory string) ([]string, error) {
	under := strings.TrimPrefix(directory, "gs://"+in.name+"/")
	body, err := read(ctx, in.bucket.Object(under+"/predictions.jsonl"))
	if err != nil {
		return nil, err
	}
	keys := []string{}
	for line := range bytes.Lines(body) {
		var row struct {
			Key, Status string
			Response    struct{ Candidates []any }
		}
		if err := json.Unmarshal(line, &row); err != nil {
			return nil, err
		}
		if row.Status == "" && len(row.Response.Candidates) > 0 {
			keys = append(keys, row.Key)
		}
	}
	slices.Sort(keys)
	return keys, nil
}

func rows(count int) []byte {
	var made bytes.Buffer
	for at := range count {
		key := fmt.Sprintf("r%d", at)
		if at < 3 {
			key = string(rune('a' + at))
		}
		fmt.Fprintf(&made, `{"key": %q, "request": {"contents": [`+
			`{"role": "user", "parts": [{"text": "Say %s."}]}]}}`+"\n", key, key)
	}
	return made.Bytes()
}

func project() string { return os.Getenv("GOOGLE_CLOUD_PROJECT") }

func write(ctx context.Context, object *storage.ObjectHandle, data []byte) error {
	writer := object.NewWriter(ctx)
	writer.ChunkSize = 0 // one request
	if _, err := writer.Write(data); err != nil {
		return err
	}
	return writer.Close()
}

func read(ctx context.Context, object *storage.ObjectHandle) ([]byte, error) {
	reader, err := object.NewReader(ctx)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	return io.ReadAll(reader)
}
