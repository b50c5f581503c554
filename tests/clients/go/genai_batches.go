package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"google.golang.org/genai"
)

// genaiBatches uses batches at one location of Vertex AI.
func genaiBatches(ctx context.Context, location string, in input, name string) (report, error) {
	client, err := genai.NewClient(ctx, &genai.ClientConfig{
		Backend:  genai.BackendVertexAI,
		Project:  project(),
		Location: location,
	})
	if err != nil {
		return nil, err
	}
	create := func(what, source string) (*genai.BatchJob, error) {
		return client.Batches.Create(ctx, "gemini-2.5-flash",
			&genai.BatchJobSource{Format: "jsonl", GCSURI: []string{source}},
			&genai.CreateBatchJobConfig{
				DisplayName: name + " " + what,
				Dest: &genai.BatchJobDestination{
					Format: "jsonl", GCSURI: in.outputUnder(name + "-" + what),
				},
			})
	}
	reaches := func(job *genai.BatchJob, state genai.JobState) (now *genai.BatchJob, err error) {
		err = until(ctx, func() (bool, error) {
			now, err = client.Batches.Get(ctx, job.Name, nil)
			return err == nil && now.State == state, err
		})
		return now, err
	}

	job, err := create("answered", in.short())
	if err != nil {
		return nil, err
	}
	doomed, err := create("cancelled", in.long())
	if err != nil {
		return nil, err
	}
	if err := client.Batches.Cancel(ctx, doomed.Name, nil); err != nil {
		return nil, err
	}
	done, err := reaches(job, genai.JobStateSucceeded)
	if err != nil {
		return nil, err
	}
	cancelled, err := reaches(doomed, genai.JobStateCancelled)
	if err != nil {
		return nil, err
	}
	listed := []string{}
	page, err := client.Batches.List(ctx, &genai.ListBatchJobsConfig{
		PageSize: 1, Filter: fmt.Sprintf(`display_name:"%s*"`, name),
	})
	for ; err == nil; page, err = page.Next(ctx) {
		for _, each := range page.Items {
			listed = append(listed, strings.TrimPrefix(each.DisplayName, name+" "))
		}
	}
	if !errors.Is(err, genai.ErrPageDone) {
		return nil, err
	}
	if _, err := client.Batches.Delete(ctx, job.Name, nil); err != nil {
		return nil, err
	}
	_, err = client.Batches.Get(ctx, job.Name, nil)
	var afterDelete genai.APIError
	errors.As(err, &afterDelete)

	return report{
		"created":     job.State,
		"ended":       done.State,
		"destination": done.Dest.GCSURI == in.outputUnder(name+"-answered"),
		"listed":      listed,
		"cancelled":   cancelled.State,
		"afterDelete": afterDelete.Code,
	}, nil
}
