package cli.command;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** Names for daemons' addresses: {@code contexts} and {@code currentContext} of the user's config. */
final class Contexts {
    /** The one that is always there: this machine's own daemon. */
    static final String DEFAULT = "default";
    private static final String CURRENT = "currentContext";
    private static final String ALL = "contexts";

    private final ConfigFile file;
    private final Map<String, Object> config;

    /**
     * One context.
     *
     * @param host        the daemon's address; empty for the usual place
     * @param description for people
     */
    record Context(String host, String description) {}

    private Contexts(ConfigFile file, Map<String, Object> config) {
        this.file = file;
        this.config = config;
    }

    static Contexts load(Console console) throws UsageException, IOException {
        ConfigFile file = ConfigFile.of(console);
        return new Contexts(file, file.load());
    }

    /**
     * The address that --context, JCTL_CONTEXT or {@code context use} says; empty for the usual place.
     *
     * @throws UsageException if there is no context of that name
     */
    static String host(Console console) throws UsageException, IOException {
        String named = named(console);
        if (named.equals(DEFAULT)) {
            return "";
        }
        if (named.isEmpty()) {
            String text = ConfigFile.of(console).text();
            // Before Jackson is loaded for nothing.
            if (text == null || !text.contains(CURRENT)) {
                return "";
            }
        }
        Contexts contexts = load(console);
        return contexts.get(named.isEmpty() ? contexts.current() : named).host();
    }

    /** What --context or JCTL_CONTEXT says; empty if neither does. */
    static String named(Console console) {
        return console.context().isEmpty() ? console.environment("JCTL_CONTEXT") : console.context();
    }

    /** The one whose daemon is asked; the default one, too, where an address is named. */
    static String chosen(Console console) throws UsageException, IOException {
        boolean address = !console.host().isEmpty()
                || console.context().isEmpty() && !console.environment("JCTL_HOST").isEmpty();
        if (address) {
            return DEFAULT;
        }
        String named = named(console);
        return named.isEmpty() ? load(console).current() : named;
    }

    /** The name that {@code context use} left. */
    String current() {
        return config.get(CURRENT) instanceof String name ? name : DEFAULT;
    }

    /** All, by name, with the default one. */
    Map<String, Context> all() throws UsageException {
        Map<String, Context> all = new TreeMap<>();
        all.put(DEFAULT, new Context("", "This machine's daemon, or JCTL_HOST"));
        for (String name : ConfigFile.member(config, ALL).keySet()) {
            all.put(name, get(name));
        }
        return all;
    }

    Context get(String name) throws UsageException {
        if (name.equals(DEFAULT)) {
            return new Context("", "");
        }
        if (!(ConfigFile.member(config, ALL).get(name) instanceof Map<?, ?> context)) {
            throw new UsageException("no context is named \"" + name + "\"; see 'jctl context ls'");
        }
        return new Context(text(context.get("host")), text(context.get("description")));
    }

    private String text(Object value) throws UsageException {
        if (value == null) {
            return "";
        }
        if (value instanceof String text) {
            return text;
        }
        throw file.damaged("a context's host and description are strings");
    }

    void add(String name, Context context) throws UsageException, IOException {
        if (!name.matches("[a-zA-Z0-9][a-zA-Z0-9_.+-]*")) {
            throw new UsageException("invalid context name \"" + name
                    + "\": only [a-zA-Z0-9][a-zA-Z0-9_.+-]* is allowed");
        }
        if (name.equals(DEFAULT) || ConfigFile.member(config, ALL).containsKey(name)) {
            throw new UsageException("a context is named \"" + name + "\" already");
        }
        DaemonAddress.socket(context.host());
        ConfigFile.member(config, ALL).put(name,
                Map.of("host", context.host(), "description", context.description()));
        file.save(config);
    }

    void use(String name) throws UsageException, IOException {
        get(name);
        if (name.equals(DEFAULT)) {
            config.remove(CURRENT);
        } else {
            config.put(CURRENT, name);
        }
        file.save(config);
    }

    /** @param force whether the current one may go; the default one is current then */
    void remove(String name, boolean force) throws UsageException, IOException {
        if (name.equals(DEFAULT)) {
            throw new UsageException("the context \"default\" cannot be removed");
        }
        get(name);
        if (current().equals(name)) {
            if (!force) {
                throw new UsageException("context \"" + name + "\" is in use; use another first,"
                        + " or remove it with --force");
            }
            config.remove(CURRENT);
        }
        ConfigFile.member(config, ALL).remove(name);
        file.save(config);
    }
}
