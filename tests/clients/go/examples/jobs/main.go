// Jobs runs a labelled batch job, and finds it again by its label.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	aiplatform "cloud.google.com/go/aiplatform/apiv1"
	pb "cloud.google.com/go/aiplatform/apiv1/aiplatformpb"
	"google.golang.org/api/iterator"
	"google.golang.org/api/option"
)

const location = "us-central1"

func main() {
	ctx, bucket := context.Background(), os.Args[1]
	client, err := aiplatform.NewJobClient(ctx,
		option.WithEndpoint(location+"-aiplatform.googleapis.com:443"))
	check(err)
	defer client.Close()
	parent := "projects/" + os.Getenv("GOOGLE_CLOUD_PROJECT") + "/locations/" + location

	job, err := client.CreateBatchPredictionJob(ctx, &pb.CreateBatchPredictionJobRequest{
		Parent: parent,
		BatchPredictionJob: &pb.BatchPredictionJob{
			DisplayName: "labelled",
			Model:       "publishers/google/models/gemini-2.5-flash",
			Labels:      map[string]string{"kitchen": bucket},
			InputConfig: &pb.BatchPredictionJob_InputConfig{
				InstancesFormat: "jsonl",
				Source: &pb.BatchPredictionJob_InputConfig_GcsSource{
					GcsSource: &pb.GcsSource{
						Uris: []string{"gs://" + bucket + "/requests.jsonl"},
					},
				},
			},
			OutputConfig: &pb.BatchPredictionJob_OutputConfig{
				PredictionsFormat: "jsonl",
				Destination: &pb.BatchPredictionJob_OutputConfig_GcsDestination{
					GcsDestination: &pb.GcsDestination{
						OutputUriPrefix: "gs://" + bucket + "/labelled",
					},
				},
			},
		},
	})
	check(err)
	for !final(job.State) {
		time.Sleep(500 * time.Millisecond)
		job, err = client.GetBatchPredictionJob(ctx,
			&pb.GetBatchPredictionJobRequest{Name: job.Name})
		check(err)
	}

	found := client.ListBatchPredictionJobs(ctx, &pb.ListBatchPredictionJobsRequest{
		Parent: parent,
		Filter: fmt.Sprintf(`labels.kitchen=%q AND state="JOB_STATE_SUCCEEDED"`, bucket),
	})
	for {
		each, err := found.Next()
		if errors.Is(err, iterator.Done) {
			break
		}
		check(err)
		fmt.Println(each.DisplayName, each.CompletionStats.SuccessfulCount, "rows",
			each.OutputInfo.GetGcsOutputDirectory())
	}
	removal, err := client.DeleteBatchPredictionJob(ctx,
		&pb.DeleteBatchPredictionJobRequest{Name: job.Name})
	check(err)
	check(removal.Wait(ctx))
}

func final(state pb.JobState) bool {
	switch state {
	case pb.JobState_JOB_STATE_SUCCEEDED, pb.JobState_JOB_STATE_PARTIALLY_SUCCEEDED,
		pb.JobState_JOB_STATE_FAILED, pb.JobState_JOB_STATE_CANCELLED,
		pb.JobState_JOB_STATE_EXPIRED:
		return true
	}
	return false
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
