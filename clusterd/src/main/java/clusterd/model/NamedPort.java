package clusterd.model;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A port of a service's tasks that others find by name (RFC 2782).
 *
 * @param name {@code _sip._udp}: what is spoken, and over what; in lower-case letters
 * @param port 1 to 65535
 */
public record NamedPort(String name, int port) {
    /** Of one service; each is a name in each of its networks. */
    public static final int MOST = 16;
    private static final String LABEL = "_[a-z0-9](?:[a-z0-9-]{0,60}[a-z0-9])?";
    private static final Pattern NAME = Pattern.compile(LABEL + "\\." + LABEL);
    private static final int LAST_PORT = 65_535;

    /**
     * Reads what {@link #toString()} writes; the name may be of letters of either case.
     *
     * @throws IllegalArgumentException if it is of another form, or {@link #problem()} finds something
     */
    public static NamedPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0 || !text.substring(colon + 1).matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException("expected NAME:PORT, as in _sip._udp:5060");
        }
        NamedPort port = new NamedPort(text.substring(0, colon).toLowerCase(Locale.ROOT),
                Integer.parseInt(text.substring(colon + 1)));
        port.problem().ifPresent(what -> {
            throw new IllegalArgumentException(what);
        });
        return port;
    }

    /** What is wrong about it; empty if nothing is. */
    public Optional<String> problem() {
        if (!NAME.matcher(name).matches()) {
            return Optional.of("\"" + name + "\" is no name of a port: expected one as _sip._udp, of two parts that"
                    + " begin with _ and have 1 to 62 letters a-z, digits and within them -");
        }
        if (port < 1 || port > LAST_PORT) {
            return Optional.of(port + " is not from 1 to " + LAST_PORT);
        }
        return Optional.empty();
    }

    /** What is wrong about several of one service, beside each alone; empty if nothing is. */
    public static Optional<String> problem(List<NamedPort> ports) {
        if (ports.size() > MOST) {
            return Optional.of("a service has at most " + MOST + " ports with names, not " + ports.size());
        }
        return ports.stream().map(NamedPort::name)
                .filter(name -> ports.stream().filter(each -> each.name.equals(name)).count() > 1).findFirst()
                .map(name -> name + " is there twice: a name is of one port");
    }

    @Override
    public String toString() {
        return name + ":" + port;
    }
}
