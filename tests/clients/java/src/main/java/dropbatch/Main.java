package dropbatch;

import com.google.gson.Gson;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/**
 * Drives Google's Java clients with nothing but the environment, and prints what they
 * saw as one JSON object: a member for each section, "error" in one that failed.
 *
 * <p>Its one argument begins the name of everything that is made.
 */
public final class Main {
  public static void main(String[] arguments) throws Exception {
    String prefix = arguments[0];
    Input input = Input.make(prefix + "-input");
    Map<String, Callable<Map<String, Object>>> sections = new TreeMap<>();
    sections.put("storage", () -> StorageCalls.run(prefix + "-storage"));
    sections.put("pubsub", () -> PubsubCalls.run(prefix + "-pubsub"));
    for (String location : new String[] {"us-central1", "global"}) {
      sections.put(
          "jobs grpc " + location,
          () -> BatchJobs.run(location, input, prefix + "-grpc-" + location));
      sections.put(
          "genai " + location,
          () -> GenaiBatches.run(location, input, prefix + "-genai-" + location));
    }

    Map<String, Object> told = new ConcurrentHashMap<>();
    var all = Executors.newCachedThreadPool();
    var running =
        sections.entrySet().stream()
            .map(section -> all.submit(() -> told.put(section.getKey(), report(section.getValue()))))
            .toList();
    for (var each : running) {
      each.get();
    }
    System.out.println(new Gson().toJson(told));
    // Libraries leave threads behind that would keep the process.
    System.exit(0);
  }

  private static Map<String, Object> report(Callable<Map<String, Object>> section) {
    try {
      return section.call();
    } catch (Exception failed) {
      var text = new java.io.StringWriter();
      failed.printStackTrace(new java.io.PrintWriter(text));
      return Map.of("error", text.toString());
    }
  }
}
