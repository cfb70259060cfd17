package overlaynet.policy;

import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Whom of a network a rule is about. */
public sealed interface Selector {
    /** Names of services, and keys and values of labels, without what a rule's words are told apart by. */
    Pattern WORD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");
    /** Keys of labels may be those of other tools. */
    Pattern KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_./-]{0,127}");

    /**
     * Whether a container is meant.
     *
     * @param service of which it is a task; {@code ""} = of none
     * @param labels  of that service
     */
    boolean accepts(String service, Map<String, String> labels);

    /** The same of services with other names. */
    default Selector named(UnaryOperator<String> names) {
        return this instanceof Named one ? new Named(names.apply(one.service())) : this;
    }

    /** Every container in the network; written {@code *}. */
    record Anyone() implements Selector {
        @Override
        public boolean accepts(String service, Map<String, String> labels) {
            return true;
        }

        @Override
        public String toString() {
            return "*";
        }
    }

    /** Tasks of a service; written as its name. */
    record Named(String service) implements Selector {
        @Override
        public boolean accepts(String its, Map<String, String> labels) {
            return service.equals(its);
        }

        @Override
        public String toString() {
            return service;
        }
    }

    /** Tasks of services with a label; written {@code KEY=VALUE}. */
    record Labelled(String key, String value) implements Selector {
        @Override
        public boolean accepts(String service, Map<String, String> labels) {
            return value.equals(labels.get(key));
        }

        @Override
        public String toString() {
            return key + "=" + value;
        }
    }

    /** Reads one. */
    static Selector parse(String text) {
        if (text.equals("*")) {
            return new Anyone();
        }
        int equals = text.indexOf('=');
        if (equals < 0 && WORD.matcher(text).matches()) {
            return new Named(text);
        }
        if (equals > 0 && KEY.matcher(text.substring(0, equals)).matches()
                && WORD.matcher(text.substring(equals + 1)).matches()) {
            return new Labelled(text.substring(0, equals), text.substring(equals + 1));
        }
        throw new IllegalArgumentException("\"" + text + "\" is neither * nor a service's name nor a label as tier=front");
    }
}
