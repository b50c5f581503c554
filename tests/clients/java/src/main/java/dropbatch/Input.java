package dropbatch;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.BucketInfo;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.StorageOptions;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What every batch job here reads: three rows, or as many as take a while. */
record Input(Storage storage, String bucket) {
  static Input make(String name) {
    Storage storage = StorageOptions.getDefaultInstance().getService();
    storage.create(BucketInfo.of(name));
    storage.create(BlobInfo.newBuilder(name, "in.jsonl").build(), rows(3));
    storage.create(BlobInfo.newBuilder(name, "long.jsonl").build(), rows(3000));
    return new Input(storage, name);
  }

  String shortFile() {
    return "gs://" + bucket + "/in.jsonl";
  }

  String longFile() {
    return "gs://" + bucket + "/long.jsonl";
  }

  String outputUnder(String folder) {
    return "gs://" + bucket + "/out/" + folder;
  }

  /** The keys of the rows that have an answer, by the directory that a job names. */
  List<String> answered(String directory) {
    String under = directory.substring(("gs://" + bucket + "/").length());
    byte[] body = storage.readAllBytes(bucket, under + "/predictions.jsonl");
    return new String(body, UTF_8)
        .lines()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .filter(Input::hasAnswer)
        .map(row -> row.get("key").getAsString())
        .sorted()
        .toList();
  }

  private static boolean hasAnswer(JsonObject row) {
    return row.get("status").getAsString().isEmpty()
        && !row.getAsJsonObject("response").getAsJsonArray("candidates").isEmpty();
  }

  private static byte[] rows(int count) {
    return IntStream.range(0, count)
        .mapToObj(at -> at < 3 ? "abc".substring(at, at + 1) : "r" + at)
        .map(
            key ->
                "{\"key\": \"%s\", \"request\": {\"contents\": [{\"role\": \"user\", "
                        .formatted(key)
                    + "\"parts\": [{\"text\": \"Say %s.\"}]}]}}\n".formatted(key))
        .collect(Collectors.joining())
        .getBytes(UTF_8);
  }
}
