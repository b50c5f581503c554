package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"

	"cloud.google.com/go/storage"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/iterator"
)

const quarter = 256 * 1024

// useStorage writes, reads, lists, changes and removes objects.
func useStorage(ctx context.Context, name string) (report, error) {
	client, err := storage.NewClient(ctx)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	bucket := client.Bucket(name)
	if err := bucket.Create(ctx, project(), nil); err != nil {
		return nil, err
	}
	large := make([]byte, 5*quarter+17)
	rand.Read(large)
	chunked := bucket.Object("a/ü #?%2F.bin")
	simple, once := bucket.Object("a/simple"), bucket.Object("once")
	first := once.If(storage.Conditions{DoesNotExist: true})
	inChunks := func(object *storage.ObjectHandle, data []byte) error {
		writer := object.NewWriter(ctx)
		writer.ChunkSize = quarter
		if _, err := io.Copy(writer, bytes.NewReader(data)); err != nil {
			return err
		}
		return writer.Close()
	}
	err = errors.Join(
		write(ctx, simple, []byte("simple")),
		inChunks(chunked, large),
		write(ctx, bucket.Object("a/deep/er"), []byte("deeper")),
		write(ctx, first, []byte("first")),
	)
	if err != nil {
		return nil, err
	}
	onceAgain := []int{
		httpCode(write(ctx, first, []byte("again"))), httpCode(inChunks(first, large)),
	}

	whole, err := read(ctx, chunked)
	if err != nil {
		return nil, err
	}
	reader, err := simple.NewRangeReader(ctx, 1, 3)
	if err != nil {
		return nil, err
	}
	part, err := io.ReadAll(reader)
	if err != nil {
		return nil, err
	}
	listed, prefixes, err := folder(ctx, bucket, "a/")
	if err != nil {
		return nil, err
	}

	patched, err := simple.Update(ctx, storage.ObjectAttrsToUpdate{
		ContentType: "text/x-simple", Metadata: map[string]string{"colour": "red"},
	})
	if err != nil {
		return nil, err
	}
	_, stale := simple.If(storage.Conditions{MetagenerationMatch: 1}).Update(ctx,
		storage.ObjectAttrsToUpdate{Metadata: map[string]string{}})

	copied := bucket.Object("copied")
	if _, err := copied.CopierFrom(chunked).Run(ctx); err != nil {
		return nil, err
	}
	copy, err := read(ctx, copied)
	if err != nil {
		return nil, err
	}
	composite, err := bucket.Object("composed").ComposerFrom(once, simple).Run(ctx)
	if err != nil {
		return nil, err
	}
	composed, err := read(ctx, bucket.Object("composed"))
	if err != nil {
		return nil, err
	}

	attrs, err := once.Attrs(ctx)
	if err != nil {
		return nil, err
	}
	wrongDelete := once.If(storage.Conditions{GenerationMatch: 1}).Delete(ctx)
	right := once.If(storage.Conditions{GenerationMatch: attrs.Generation})
	if err := right.Delete(ctx); err != nil {
		return nil, err
	}
	_, gone := once.NewReader(ctx)

	return report{
		"whole":          bytes.Equal(whole, large),
		"part":           string(part),
		"listed":         listed,
		"prefixes":       prefixes,
		"onceAgain":      onceAgain,
		"contentType":    patched.ContentType,
		"colour":         patched.Metadata["colour"],
		"metageneration": patched.Metageneration,
		"stale":          httpCode(stale),
		"copied":         bytes.Equal(copy, large),
		"composed":       string(composed),
		"components":     composite.ComponentCount,
		"wrongDelete":    httpCode(wrongDelete),
		"gone":           httpCode(gone),
	}, nil
}

func folder(ctx context.Context, bucket *storage.BucketHandle, prefix string) (names, prefixes []string, err error) {
	objects := bucket.Objects(ctx, &storage.Query{Prefix: prefix, Delimiter: "/"})
	for {
		each, err := objects.Next()
		if errors.Is(err, iterator.Done) {
			return names, prefixes, nil
		}
		if err != nil {
			return nil, nil, err
		}
		if each.Prefix != "" {
			prefixes = append(prefixes, each.Prefix)
		} else {
			names = append(names, each.Name)
		}
	}
}

// httpCode is the status that a call failed with, 0 if it did not fail so.
func httpCode(err error) int {
	var failed *googleapi.Error
	if errors.As(err, &failed) {
		return failed.Code
	}
	if errors.Is(err, storage.ErrObjectNotExist) {
		return http.StatusNotFound
	}
	return 0
}
