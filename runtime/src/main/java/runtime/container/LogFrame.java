package runtime.container;

import java.time.Instant;

/**
 * A piece of a container's output as the keeper wrote it to the log.
 *
 * @param at         when it was read from the container
 * @param stream     where it came from
 * @param payload    the bytes; owned by the receiver
 * @param nextOffset offset in its log file of the byte after it
 */
public record LogFrame(Instant at, Stream stream, byte[] payload, long nextOffset) {

    /** Where a piece of output came from; the number is the one in the frame's header. */
    public enum Stream {
        /** Standard output, or everything if there is a terminal. */
        STDOUT(1),
        /** Standard error. */
        STDERR(2);

        private final int number;

        Stream(int number) {
            this.number = number;
        }

        /** The number in the frame's header. */
        public int number() {
            return number;
        }
    }
}
