package clusterd.compose;

/**
 * What must have come about before a service starts.
 *
 * @param service   the other one
 * @param condition of it
 * @param restart   whether this one is started again when that one is
 * @param required  whether it is an error if that one is not there
 */
public record Dependency(String service, Condition condition, boolean restart, boolean required) {
    /** What of the other one. */
    public enum Condition {
        /** It runs. */
        STARTED("service_started"),
        /** It is healthy. */
        HEALTHY("service_healthy"),
        /** It has come to a good end. */
        COMPLETED("service_completed_successfully");

        private final String word;

        Condition(String word) {
            this.word = word;
        }

        /** As Compose files spell it. */
        public String word() {
            return word;
        }
    }
}
