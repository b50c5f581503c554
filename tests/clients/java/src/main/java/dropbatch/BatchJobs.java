package dropbatch;

import com.google.api.gax.rpc.ApiException;
import com.google.cloud.aiplatform.v1.BatchPredictionJob;
import com.google.cloud.aiplatform.v1.GcsDestination;
import com.google.cloud.aiplatform.v1.GcsSource;
import com.google.cloud.aiplatform.v1.JobServiceClient;
import com.google.cloud.aiplatform.v1.JobServiceSettings;
import com.google.cloud.aiplatform.v1.JobState;
import com.google.cloud.aiplatform.v1.ListBatchPredictionJobsRequest;
import com.google.cloud.aiplatform.v1.LocationName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;

/** The whole life of batch jobs at one location, by JobServiceClient. */
final class BatchJobs {
  private static final Set<JobState> ENDED =
      Set.of(JobState.JOB_STATE_SUCCEEDED, JobState.JOB_STATE_CANCELLED, JobState.JOB_STATE_FAILED);

  private final JobServiceClient client;
  private final LocationName parent;
  private final Input input;
  private final String name;

  private BatchJobs(JobServiceClient client, String location, Input input, String name) {
    this.client = client;
    this.parent = LocationName.of(System.getenv("GOOGLE_CLOUD_PROJECT"), location);
    this.input = input;
    this.name = name;
  }

  static Map<String, Object> run(String location, Input input, String name) throws Exception {
    String host = "aiplatform.googleapis.com:443";
    var settings =
        JobServiceSettings.newBuilder()
            .setEndpoint(location.equals("global") ? host : location + "-" + host)
            .build();
    try (JobServiceClient client = JobServiceClient.create(settings)) {
      return new BatchJobs(client, location, input, name).live();
    }
  }

  private Map<String, Object> live() throws Exception {
    BatchPredictionJob job = create("answered", input.shortFile());
    BatchPredictionJob doomed = create("cancelled", input.longFile());
    Map<String, Object> told = new HashMap<>();
    told.put("activeDelete", refusal(() -> delete(doomed)));
    client.cancelBatchPredictionJob(doomed.getName());
    BatchPredictionJob done = end(job);
    String directory = done.getOutputInfo().getGcsOutputDirectory();

    told.put("created", job.getState().name());
    told.put("ended", done.getState().name());
    told.put("successful", done.getCompletionStats().getSuccessfulCount());
    told.put("directory", directory.replaceAll("prediction-model-.*", "prediction-model-"));
    told.put("answered", input.answered(directory));
    told.put("cancelled", end(doomed).getState().name());
    told.put(
        "byLabelAndState",
        list("labels.run=\"%s\" AND state=\"JOB_STATE_SUCCEEDED\"".formatted(name), 0));
    told.put("inPages", list("display_name:\"%s*\"".formatted(name), 1));
    told.put("deleted", delete(job));
    told.put("afterDelete", refusal(() -> client.getBatchPredictionJob(job.getName())));
    told.put("badFilter", refusal(() -> list("colour=\"red\"", 0)));
    return told;
  }

  private BatchPredictionJob create(String what, String source) {
    var from =
        BatchPredictionJob.InputConfig.newBuilder()
            .setInstancesFormat("jsonl")
            .setGcsSource(GcsSource.newBuilder().addUris(source));
    var to =
        BatchPredictionJob.OutputConfig.newBuilder()
            .setPredictionsFormat("jsonl")
            .setGcsDestination(
                GcsDestination.newBuilder()
                    .setOutputUriPrefix(input.outputUnder(name + "-" + what)));
    return client.createBatchPredictionJob(
        parent,
        BatchPredictionJob.newBuilder()
            .setDisplayName(name + " " + what)
            .setModel("publishers/google/models/gemini-2.5-flash")
            .putLabels("run", name)
            .putLabels("what", what)
            .setInputConfig(from)
            .setOutputConfig(to)
            .build());
  }

  private BatchPredictionJob end(BatchPredictionJob job) throws Exception {
    return Waiting.until(
        () -> client.getBatchPredictionJob(job.getName()), now -> ENDED.contains(now.getState()));
  }

  private List<String> list(String filter, int size) {
    var request =
        ListBatchPredictionJobsRequest.newBuilder()
            .setParent(parent.toString())
            .setFilter(filter)
            .setPageSize(size)
            .build();
    List<String> found = new ArrayList<>();
    for (BatchPredictionJob each : client.listBatchPredictionJobs(request).iterateAll()) {
      found.add(each.getLabelsOrThrow("what"));
    }
    return found;
  }

  private boolean delete(BatchPredictionJob job) throws Exception {
    var operation = client.deleteBatchPredictionJobAsync(job.getName());
    operation.get();
    return operation.isDone();
  }

  private static int refusal(Callable<?> call) throws Exception {
    try {
      call.call();
    } catch (ApiException refused) {
      return code(refused);
    } catch (ExecutionException refused) {
      return code((ApiException) refused.getCause());
    }
    return 0;
  }

  private static int code(ApiException refused) {
    return ((io.grpc.Status.Code) refused.getStatusCode().getTransportCode()).value();
  }
}
