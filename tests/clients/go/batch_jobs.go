package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	aiplatform "cloud.google.com/go/aiplatform/apiv1"
	pb "cloud.google.com/go/aiplatform/apiv1/aiplatformpb"
	"google.golang.org/api/iterator"
	"google.golang.org/api/option"
	"google.golang.org/grpc/status"
)

var afterDirectory = regexp.MustCompile("prediction-model-.*")

// batchJobs is the whole life of batch jobs at one location, by JobClient.
func batchJobs(ctx context.Context, location string, in input, name string) (report, error) {
	host := "aiplatform.googleapis.com:443"
	if location != "global" {
		host = location + "-" + host
	}
	client, err := aiplatform.NewJobClient(ctx, option.WithEndpoint(host))
	if err != nil {
		return nil, err
	}
	defer client.Close()
	parent := fmt.Sprintf("projects/%s/locations/%s", project(), location)

	create := func(what, source string) (*pb.BatchPredictionJob, error) {
		return client.CreateBatchPredictionJob(ctx, &pb.CreateBatchPredictionJobRequest{
			Parent: parent,
			BatchPredictionJob: &pb.BatchPredictionJob{
				DisplayName: name + " " + what,
				Model:       "publishers/google/models/gemini-2.5-flash",
				Labels:      map[string]string{"run": name, "what": what},
				InputConfig: &pb.BatchPredictionJob_InputConfig{
					InstancesFormat: "jsonl",
					Source: &pb.BatchPredictionJob_InputConfig_GcsSource{
						GcsSource: &pb.GcsSource{Uris: []string{source}},
					},
				},
				OutputConfig: &pb.BatchPredictionJob_OutputConfig{
					PredictionsFormat: "jsonl",
					Destination: &pb.BatchPredictionJob_OutputConfig_GcsDestination{
						GcsDestination: &pb.GcsDestination{
							OutputUriPrefix: in.outputUnder(name + "-" + what),
						},
					},
				},
			},
		})
	}
	get := func(job *pb.BatchPredictionJob) (*pb.BatchPredictionJob, error) {
		return client.GetBatchPredictionJob(ctx,
			&pb.GetBatchPredictionJobRequest{Name: job.Name})
	}
	end := func(job *pb.BatchPredictionJob) (now *pb.BatchPredictionJob, err error) {
		err = until(ctx, func() (bool, error) {
			now, err = get(job)
			switch now.GetState() {
			case pb.JobState_JOB_STATE_SUCCEEDED, pb.JobState_JOB_STATE_CANCELLED,
				pb.JobState_JOB_STATE_FAILED:
				return true, err
			}
			return false, err
		})
		return now, err
	}
	remove := func(job *pb.BatchPredictionJob) (*aiplatform.DeleteBatchPredictionJobOperation, error) {
		return client.DeleteBatchPredictionJob(ctx,
			&pb.DeleteBatchPredictionJobRequest{Name: job.Name})
	}
	list := func(filter string, size int32) ([]string, error) {
		found := []string{}
		jobs := client.ListBatchPredictionJobs(ctx, &pb.ListBatchPredictionJobsRequest{
			Parent: parent, Filter: filter, PageSize: size,
		})
		for {
			job, err := jobs.Next()
			if errors.Is(err, iterator.Done) {
				return found, nil
			}
			if err != nil {
				return nil, err
			}
			found = append(found, job.Labels["what"])
		}
	}

	job, err := create("answered", in.short())
	if err != nil {
		return nil, err
	}
	doomed, err := create("cancelled", in.long())
	if err != nil {
		return nil, err
	}
	_, activeDelete := remove(doomed)
	err = client.CancelBatchPredictionJob(ctx,
		&pb.CancelBatchPredictionJobRequest{Name: doomed.Name})
	if err != nil {
		return nil, err
	}
	done, err := end(job)
	if err != nil {
		return nil, err
	}
	cancelled, err := end(doomed)
	if err != nil {
		return nil, err
	}
	byLabelAndState, err := list(
		fmt.Sprintf(`labels.run=%q AND state="JOB_STATE_SUCCEEDED"`, name), 0)
	if err != nil {
		return nil, err
	}
	inPages, err := list(fmt.Sprintf(`display_name:"%s*"`, name), 1)
	if err != nil {
		return nil, err
	}
	directory := done.OutputInfo.GetGcsOutputDirectory()
	answered, err := in.answered(ctx, directory)
	if err != nil {
		return nil, err
	}
	operation, err := remove(job)
	if err != nil {
		return nil, err
	}
	if err := operation.Wait(ctx); err != nil {
		return nil, err
	}
	_, afterDelete := get(job)
	_, badFilter := list(`colour="red"`, 0)

	return report{
		"created":         job.State.String(),
		"ended":           done.State.String(),
		"successful":      done.CompletionStats.GetSuccessfulCount(),
		"directory":       afterDirectory.ReplaceAllString(directory, "prediction-model-"),
		"answered":        answered,
		"byLabelAndState": byLabelAndState,
		"inPages":         inPages,
		"activeDelete":    int(status.Code(activeDelete)),
		"cancelled":       cancelled.State.String(),
		"deleted":         operation.Done(),
		"afterDelete":     int(status.Code(afterDelete)),
		"badFilter":       int(status.Code(badFilter)),
	}, nil
}
