package cli.command;

import api.node.Filter;
import cli.render.Times;
import cli.wire.MessageWriter;
import java.time.ZoneId;

/** --filter of the prune commands: spans of time become times here, where the user's clock and zone are. */
final class PruneFilters {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private PruneFilters() {}

    /** Adds the filters to a request. */
    static MessageWriter add(MessageWriter request, int field, Arguments arguments)
            throws UsageException {
        for (String filter : arguments.values("filter")) {
            String[] pair = pair(filter);
            request.message(field, new MessageWriter()
                    .string(Filter.KEY_FIELD_NUMBER, pair[0])
                    .string(Filter.VALUE_FIELD_NUMBER, pair[1]));
        }
        return request;
    }

    /** Key and value; {@code label!=x} has the key {@code label!}. */
    static String[] pair(String filter) throws UsageException {
        String[] pair = KeyValue.split("filter", filter);
        if (pair[0].equals("until")) {
            try {
                long nanos = Times.parse(pair[1], System.currentTimeMillis() * 1_000_000L,
                        ZoneId.systemDefault());
                String fraction = Long.toString(NANOS_PER_SECOND + nanos % NANOS_PER_SECOND);
                pair[1] = nanos / NANOS_PER_SECOND + "." + fraction.substring(1);
            } catch (IllegalArgumentException e) {
                throw Arguments.invalid("filter", filter, e.getMessage());
            }
        }
        return pair;
    }
}
