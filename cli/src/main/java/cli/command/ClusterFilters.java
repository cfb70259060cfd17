package cli.command;

import cli.wire.MessageWriter;

/** --filter key=value of the cluster's lists, which travels as it was said. */
final class ClusterFilters {
    private ClusterFilters() {}

    /** Adds them to a request, refusing a key that the list does not know. */
    static void write(MessageWriter request, int field, Arguments arguments, String... known)
            throws UsageException {
        for (String word : arguments.values("filter")) {
            String key = KeyValue.split("filter", word)[0];
            boolean found = false;
            for (String name : known) {
                found |= name.equals(key);
            }
            if (!found) {
                throw new UsageException("unknown filter '" + key + "'; there are "
                        + String.join(", ", known));
            }
            request.string(field, word);
        }
    }
}
