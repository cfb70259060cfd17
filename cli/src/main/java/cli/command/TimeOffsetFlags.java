package cli.command;

import static api.node.CreateContainerRequest.TIME_OFFSETS_FIELD_NUMBER;

import api.node.TimeOffset;
import cli.wire.MessageWriter;

/** --time-offset. */
final class TimeOffsetFlags {
    private TimeOffsetFlags() {}

    static void add(MessageWriter request, Arguments arguments) throws UsageException {
        for (String word : arguments.values("time-offset")) {
            int equals = word.indexOf('=');
            String clock = equals < 0 ? "" : word.substring(0, equals);
            if (!clock.equals("monotonic") && !clock.equals("boottime")) {
                throw expected(word);
            }
            request.message(TIME_OFFSETS_FIELD_NUMBER, new MessageWriter()
                    .string(TimeOffset.CLOCK_FIELD_NUMBER, clock)
                    .number(TimeOffset.SECONDS_FIELD_NUMBER, seconds(word, equals + 1)));
        }
    }

    private static long seconds(String word, int from) throws UsageException {
        try {
            return Long.parseLong(word.substring(from));
        } catch (NumberFormatException none) {
            throw expected(word);
        }
    }

    private static UsageException expected(String word) {
        return Arguments.invalid("time-offset", word,
                "expected monotonic=SECONDS or boottime=SECONDS");
    }
}
