package clusterd.compose;

import java.util.List;
import java.util.OptionalInt;

/**
 * How the health of a service's containers is looked after; 0 and absent leave what the image says.
 *
 * @param disabled            whether it is not
 * @param test                {@code CMD} and words, or {@code CMD-SHELL} and a line; none = the image's
 * @param intervalMillis      between tests
 * @param timeoutMillis       of one
 * @param startPeriodMillis   in which failures do not count
 * @param startIntervalMillis between tests in that time
 * @param retries             failures in a row that make it unhealthy
 */
public record Health(boolean disabled, List<String> test, long intervalMillis, long timeoutMillis,
        long startPeriodMillis, long startIntervalMillis, OptionalInt retries) {
    /** Copies the list. */
    public Health {
        test = List.copyOf(test);
    }
}
