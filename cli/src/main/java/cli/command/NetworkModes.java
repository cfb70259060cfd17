package cli.command;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import runtime.container.ContainerException;
import runtime.container.ContainerOptions;
import runtime.network.InterfaceName;
import runtime.network.NetworkChoice;
import runtime.network.NetworkView;

/** What a container may have instead of a network: none, the host's, another container's. */
final class NetworkModes {
    private NetworkModes() {}

    private static boolean isMode(String network) {
        return network.equals("none") || network.equals("host")
                || network.startsWith("container:");
    }

    /**
     * Whether a container of these options has a place in a network, be there one of that name or not.
     *
     * @throws ContainerException with reason INVALID_OPTION if the options do not go together
     */
    static boolean attaches(ContainerOptions.Network options) throws ContainerException {
        List<NetworkChoice> choices = options.choices();
        String first = choices.getFirst().network();
        for (NetworkChoice choice : choices) {
            if (!isMode(choice.network())) {
                continue;
            }
            if (choices.size() > 1) {
                throw invalid("--network " + choice.network() + " cannot be combined with another");
            }
            if (!choice.aliases().isEmpty() || !choice.ipv4Address().isEmpty()
                    || !choice.ipv6Address().isEmpty() || !choice.interfaceName().isEmpty()) {
                throw invalid("--ip, --ip6, interface names and --network-alias need a network of the container's"
                        + " own, not --network " + choice.network());
            }
        }
        if (first.startsWith("container:") && !options.published().isEmpty()) {
            throw invalid("ports are published by the container whose network is joined, not by one"
                    + " that joins it (--network " + first + ")");
        }
        Set<String> names = new HashSet<>();
        for (NetworkChoice choice : choices) {
            String name = choice.interfaceName();
            Optional<String> problem = name.isEmpty() ? Optional.empty() : InterfaceName.problem(name);
            if (problem.isPresent()) {
                throw invalid("interface name \"" + name + "\": " + problem.get());
            }
            if (!name.isEmpty() && !names.add(name)) {
                throw invalid("interface name " + name + " is given twice");
            }
        }
        for (int at = 1; at < choices.size(); at++) {
            String network = choices.get(at).network();
            if (choices.subList(0, at).stream().anyMatch(each -> each.network().equals(network))) {
                throw invalid("--network " + network + " is given twice");
            }
        }
        return !isMode(first);
    }

    private static ContainerException invalid(String message) {
        return new ContainerException(ContainerException.Reason.INVALID_OPTION,
                "conflicting options: " + message);
    }

    /** As networks, for the list. */
    static List<NetworkView> views() {
        return List.of(view("host", "host", '1'), view("none", "null", '2'));
    }

    private static NetworkView view(String name, String driver, char digit) {
        return new NetworkView(Character.toString(digit).repeat(64), name, driver,
                Optional.empty(), false, List.of(), Map.of(), Map.of(), List.of());
    }

    /** Says that these cannot be removed. */
    static void refuse(String network) throws ContainerException {
        for (NetworkView view : views()) {
            if (view.name().equals(network) || view.id().equals(network)) {
                throw new ContainerException(ContainerException.Reason.INVALID_OPTION,
                        "the network " + view.name() + " is jctl's own and cannot be removed");
            }
        }
    }
}
