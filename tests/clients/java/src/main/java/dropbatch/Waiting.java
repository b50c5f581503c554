package dropbatch;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.function.Predicate;

/** Asks again and again until what comes back is wanted. */
final class Waiting {
  static <T> T until(Callable<T> asked, Predicate<T> wanted) throws Exception {
    Instant deadline = Instant.now().plus(Duration.ofSeconds(120));
    while (Instant.now().isBefore(deadline)) {
      T now = asked.call();
      if (wanted.test(now)) {
        return now;
      }
      Thread.sleep(100);
    }
    throw new IllegalStateException("it did not come true in time");
  }
}
