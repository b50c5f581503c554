package dropbatch;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.cloud.WriteChannel;
import com.google.cloud.storage.Blob;
import com.google.cloud.storage.BlobId;
import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.BucketInfo;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.Storage.BlobListOption;
import com.google.cloud.storage.Storage.BlobSourceOption;
import com.google.cloud.storage.Storage.BlobTargetOption;
import com.google.cloud.storage.Storage.BlobWriteOption;
import com.google.cloud.storage.StorageException;
import com.google.cloud.storage.StorageOptions;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;

/** Objects written, read, listed, changed and removed. */
final class StorageCalls {
  private static final int QUARTER = 256 * 1024;

  private final Storage storage = StorageOptions.getDefaultInstance().getService();
  private final String bucket;

  private StorageCalls(String bucket) {
    this.bucket = bucket;
  }

  static Map<String, Object> run(String bucket) throws Exception {
    return new StorageCalls(bucket).live();
  }

  private Map<String, Object> live() throws Exception {
    storage.create(BucketInfo.of(bucket));
    byte[] large = new byte[5 * QUARTER + 17];
    new Random(1).nextBytes(large);
    BlobId simple = id("a/simple");
    BlobId chunked = id("a/ü #?%2F.bin");
    BlobId once = id("once");
    BlobInfo newOnce = BlobInfo.newBuilder(once).build();
    create(simple, "simple");
    inChunks(chunked, large);
    create(id("a/deep/er"), "deeper");
    storage.create(newOnce, "first".getBytes(UTF_8), BlobTargetOption.doesNotExist());

    Map<String, Object> told = new HashMap<>();
    told.put(
        "onceAgain",
        List.of(
            refusal(
                () -> storage.create(newOnce, new byte[1], BlobTargetOption.doesNotExist())),
            refusal(() -> inChunks(once, large, BlobWriteOption.doesNotExist()))));
    told.put("whole", Arrays.equals(storage.readAllBytes(chunked), large));
    told.put("part", range(simple, 1, 4));
    list(told);
    change(told, simple);

    Blob copy = storage.copy(Storage.CopyRequest.of(chunked, id("copied"))).getResult();
    told.put("copied", Arrays.equals(copy.getContent(), large));
    Blob composed =
        storage.compose(
            Storage.ComposeRequest.of(bucket, List.of("once", "a/simple"), "composed"));
    told.put("composed", new String(composed.getContent(), UTF_8));
    told.put("components", composed.getComponentCount());

    long generation = storage.get(once).getGeneration();
    told.put(
        "wrongDelete",
        refusal(() -> storage.delete(once, BlobSourceOption.generationMatch(1))));
    storage.delete(once, BlobSourceOption.generationMatch(generation));
    told.put("gone", refusal(() -> storage.readAllBytes(once)));
    return told;
  }

  private void list(Map<String, Object> told) {
    List<String> names = new ArrayList<>();
    List<String> prefixes = new ArrayList<>();
    var found =
        storage.list(bucket, BlobListOption.prefix("a/"), BlobListOption.currentDirectory());
    for (Blob each : found.iterateAll()) {
      (each.isDirectory() ? prefixes : names).add(each.getName());
    }
    told.put("listed", names);
    told.put("prefixes", prefixes);
  }

  private void change(Map<String, Object> told, BlobId blob) throws Exception {
    var changes = BlobInfo.newBuilder(blob).setContentType("text/x-simple");
    Blob patched = storage.update(changes.setMetadata(Map.of("colour", "red")).build());
    told.put("contentType", patched.getContentType());
    told.put("colour", patched.getMetadata().get("colour"));
    told.put("metageneration", patched.getMetageneration());
    told.put(
        "stale",
        refusal(
            () -> storage.update(changes.build(), BlobTargetOption.metagenerationMatch(1))));
  }

  private BlobId id(String name) {
    return BlobId.of(bucket, name);
  }

  private void create(BlobId blob, String content) {
    storage.create(BlobInfo.newBuilder(blob).build(), content.getBytes(UTF_8));
  }

  private Void inChunks(BlobId blob, byte[] content, BlobWriteOption... options)
      throws Exception {
    BlobInfo info = BlobInfo.newBuilder(blob).build();
    try (WriteChannel channel = storage.writer(info, options)) {
      channel.setChunkSize(QUARTER);
      channel.write(ByteBuffer.wrap(content));
    }
    return null;
  }

  private String range(BlobId blob, long first, long end) throws Exception {
    try (var channel = storage.reader(blob)) {
      channel.seek(first);
      channel.limit(end);
      ByteBuffer part = ByteBuffer.allocate(64);
      while (channel.read(part) >= 0) {}
      return new String(part.array(), 0, part.position(), UTF_8);
    }
  }

  /** The status that a call failed with, 0 if it did not fail. */
  private static int refusal(Callable<?> call) throws Exception {
    try {
      call.call();
      return 0;
    } catch (StorageException refused) {
      return refused.getCode();
    } catch (java.io.IOException failed) {
      return ((StorageException) failed.getCause()).getCode();
    }
  }
}
