package runtime.container;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What of a log is wanted.
 *
 * @param follow     whether to go on until the container ends
 * @param tailLines  only so many lines at the end
 * @param since      nothing written before
 * @param until      nothing written after
 * @param stdout     whether standard output is wanted
 * @param stderr     whether standard error is wanted
 */
public record LogQuery(
        boolean follow,
        OptionalLong tailLines,
        Optional<Instant> since,
        Optional<Instant> until,
        boolean stdout,
        boolean stderr) {

    /** Everything there is, and no more. */
    public static final LogQuery ALL = new LogQuery(
            false, OptionalLong.empty(), Optional.empty(), Optional.empty(), true, true);

    boolean wants(LogFrame frame) {
        boolean stream = switch (frame.stream()) {
            case STDOUT -> stdout;
            case STDERR -> stderr;
        };
        return stream && since.map(time -> !frame.at().isBefore(time)).orElse(true)
                && until.map(time -> !frame.at().isAfter(time)).orElse(true);
    }
}
