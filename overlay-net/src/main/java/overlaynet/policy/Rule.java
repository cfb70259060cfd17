package overlaynet.policy;

import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is said of connections from some to others: {@code allow web to db:5432}, {@code deny tier=front to *},
 * {@code allow * to proxy:5060-5061/udp}, {@code allow * to db/icmp}.
 *
 * @param allow     whether they may
 * @param from      who begins
 * @param to        with whom
 * @param protocol  of what
 * @param firstPort of the one that is talked to; 0 = all
 * @param lastPort  up to and with that; 0 = all
 */
public record Rule(boolean allow, Selector from, Selector to, Protocol protocol, int firstPort, int lastPort) {
    private static final Pattern FORM = Pattern.compile("(allow|deny) +(\\S+) +to +([^\\s:/]+|[^\\s:]+=[^\\s:/]+)"
            + "(?::([0-9]{1,5})(?:-([0-9]{1,5}))?)?(?:/([a-z]+))?");
    private static final int LAST_PORT = 65_535;

    /** What a rule tells apart. */
    public enum Protocol {
        /** Whatever there is. */
        ANY,
        TCP, UDP, SCTP,
        /** Of either family. */
        ICMP;

        boolean hasPorts() {
            return this == TCP || this == UDP || this == SCTP;
        }
    }

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException with what is wrong and how rules look
     */
    public static Rule parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw wrong(text, "a rule is \"allow|deny FROM to TO[:PORT[-PORT]][/PROTOCOL]\", as \"allow web to db:5432\"");
        }
        boolean ports = matcher.group(4) != null;
        Protocol protocol = ports ? Protocol.TCP : Protocol.ANY;
        if (matcher.group(6) != null) {
            try {
                protocol = Protocol.valueOf(matcher.group(6).toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException unknown) {
                throw wrong(text, "protocol " + matcher.group(6) + " is none of tcp, udp, sctp, icmp, any");
            }
        }
        if (ports && !protocol.hasPorts()) {
            throw wrong(text, "protocol " + matcher.group(6) + " has no ports");
        }
        int first = ports ? Integer.parseInt(matcher.group(4)) : 0;
        int last = matcher.group(5) == null ? first : Integer.parseInt(matcher.group(5));
        if (ports && (first < 1 || last < first || last > LAST_PORT)) {
            throw wrong(text, "ports are from 1 to " + LAST_PORT + ", the first one first");
        }
        try {
            return new Rule(matcher.group(1).equals("allow"), Selector.parse(matcher.group(2)),
                    Selector.parse(matcher.group(3)), protocol, first, last);
        } catch (IllegalArgumentException nobody) {
            throw wrong(text, nobody.getMessage());
        }
    }

    private static IllegalArgumentException wrong(String text, String why) {
        return new IllegalArgumentException("rule \"" + text + "\": " + why);
    }

    /** The same of services with other names. */
    public Rule named(UnaryOperator<String> names) {
        return new Rule(allow, from.named(names), to.named(names), protocol, firstPort, lastPort);
    }

    /** Whether it is about a connection; its ends are services and their labels, as {@link Selector#accepts} has them. */
    boolean isAbout(End source, End target, Protocol its, int port) {
        return from.accepts(source.service(), source.labels()) && to.accepts(target.service(), target.labels())
                && (protocol == Protocol.ANY || protocol == its) && (firstPort == 0 || port >= firstPort && port <= lastPort);
    }

    /**
     * An end of a connection.
     *
     * @param service of which it is a task; {@code ""} = of none
     * @param labels  of that service
     */
    public record End(String service, Map<String, String> labels) {
        /** A container that is no task. */
        public static final End NO_TASK = new End("", Map.of());

        /** Copies the labels. */
        public End {
            labels = Map.copyOf(labels);
        }
    }

    /** As {@link #parse} reads it; what is usual is left out. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(allow ? "allow " : "deny ").append(from).append(" to ").append(to);
        if (firstPort > 0) {
            text.append(':').append(firstPort);
            if (lastPort > firstPort) {
                text.append('-').append(lastPort);
            }
        }
        boolean usual = protocol == Protocol.ANY || protocol == Protocol.TCP && firstPort > 0;
        return usual ? text.toString() : text.append('/').append(protocol.name().toLowerCase(Locale.ROOT)).toString();
    }
}
