package runtime.forward;

import java.time.Instant;

/**
 * A line of output, without its end.
 *
 * @param at      when its first piece was written
 * @param error   whether it is of standard error
 * @param text    as the program wrote it
 * @param partial whether the line goes on in the next message
 */
public record LogLine(Instant at, boolean error, byte[] text, boolean partial) {}
