package cli.lab.plan;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * One virtual host of a lab: namespaces that stand for a machine, and an agent in them.
 *
 * @param number       1 for the first
 * @param address      its IPv4 address in the lab's subnet
 * @param agentOptions further words for its agent, with places such as {@code {address}} still in them
 * @param powered      whether it is meant to be on
 * @param site         where its agent is told that it stands; {@code ""} = nowhere in particular
 */
public record VirtualHost(int number, InetAddress address, List<String> agentOptions, boolean powered, String site) {
    /** What every short name begins with. */
    static final String SHORT_PREFIX = "node";

    /** @throws IllegalArgumentException if the number is none */
    public VirtualHost {
        if (number < 1) {
            throw new IllegalArgumentException("virtual host number " + number + ", the first is 1");
        }
        agentOptions = List.copyOf(agentOptions);
    }

    /** One that stands nowhere in particular. */
    public VirtualHost(int number, InetAddress address, List<String> agentOptions, boolean powered) {
        this(number, address, agentOptions, powered, "");
    }

    /** Its name inside of the lab: {@code node1}. */
    public String shortName() {
        return SHORT_PREFIX + number;
    }

    /** The number in a name such as {@code node12}; empty if it is no such name. */
    public static Optional<Integer> number(String shortName) {
        String digits = shortName.startsWith(SHORT_PREFIX) ? shortName.substring(SHORT_PREFIX.length()) : "";
        return digits.matches("[1-9][0-9]{0,2}") ? Optional.of(Integer.parseInt(digits)) : Optional.empty();
    }

    /** The same host, on or off. */
    public VirtualHost powered(boolean on) {
        return new VirtualHost(number, address, agentOptions, on, site);
    }

    /** The same host with other words for its agent. */
    public VirtualHost withAgentOptions(List<String> options) {
        return new VirtualHost(number, address, options, powered, site);
    }
}
