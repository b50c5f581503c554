package dropbatch;

import com.google.genai.Client;
import com.google.genai.errors.ApiException;
import com.google.genai.types.BatchJob;
import com.google.genai.types.BatchJobDestination;
import com.google.genai.types.BatchJobSource;
import com.google.genai.types.CreateBatchJobConfig;
import com.google.genai.types.ListBatchJobsConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Batches at one location of Vertex AI, by the Gen AI client. */
final class GenaiBatches {
  static Map<String, Object> run(String location, Input input, String name) throws Exception {
    try (Client client =
        Client.builder()
            .vertexAI(true)
            .project(System.getenv("GOOGLE_CLOUD_PROJECT"))
            .location(location)
            .build()) {
      return live(client, input, name);
    }
  }

  private static Map<String, Object> live(Client client, Input input, String name)
      throws Exception {
    String target = input.outputUnder(name + "-answered");
    BatchJob job = create(client, name + " answered", input.shortFile(), target);
    BatchJob doomed =
        create(client, name + " cancelled", input.longFile(), input.outputUnder(name + "-c"));
    client.batches.cancel(doomed.name().get(), null);
    BatchJob done = reaches(client, job, "JOB_STATE_SUCCEEDED");
    BatchJob cancelled = reaches(client, doomed, "JOB_STATE_CANCELLED");

    List<String> listed = new ArrayList<>();
    var asked =
        ListBatchJobsConfig.builder().filter("display_name:\"%s*\"".formatted(name)).pageSize(1);
    for (BatchJob each : client.batches.list(asked.build())) {
      listed.add(each.displayName().get().substring(name.length() + 1));
    }
    client.batches.delete(job.name().get(), null);

    Map<String, Object> told = new HashMap<>();
    told.put("created", job.state().get().toString());
    told.put("ended", done.state().get().toString());
    told.put("destination", done.dest().get().gcsUri().get().equals(target));
    told.put("listed", listed);
    told.put("cancelled", cancelled.state().get().toString());
    try {
      client.batches.get(job.name().get(), null);
    } catch (ApiException refused) {
      told.put("afterDelete", refused.code());
    }
    return told;
  }

  private static BatchJob create(Client client, String name, String source, String target) {
    return client.batches.create(
        "gemini-2.5-flash",
        BatchJobSource.builder().format("jsonl").gcsUri(source).build(),
        CreateBatchJobConfig.builder()
            .displayName(name)
            .dest(BatchJobDestination.builder().format("jsonl").gcsUri(target))
            .build());
  }

  private static BatchJob reaches(Client client, BatchJob job, String state) throws Exception {
    return Waiting.until(
        () -> client.batches.get(job.name().get(), null),
        now -> now.state().get().toString().equals(state));
  }
}
