package cli.command;

import api.cluster.EndpointPort;
import api.cluster.ServiceEndpoint;
import clusterd.model.NamedPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How a service is reached: --endpoint-mode, --balance, --prefer-local, --srv, and --publish where it means every node. */
final class EndpointFlags {
    private EndpointFlags() {}

    static ServiceEndpoint of(Arguments arguments) throws UsageException {
        ServiceEndpoint.Builder endpoint = ServiceEndpoint.newBuilder();
        String mode = arguments.value("endpoint-mode", "vip");
        switch (mode) {
            case "vip" -> endpoint.setMode(ServiceEndpoint.Mode.VIRTUAL);
            case "dnsrr" -> endpoint.setMode(ServiceEndpoint.Mode.ROUND_ROBIN);
            default -> throw Arguments.invalid("endpoint-mode", mode, "expected vip or dnsrr");
        }
        String choice = arguments.value("balance", "random");
        switch (choice) {
            case "random" -> endpoint.setChoice(ServiceEndpoint.Choice.RANDOM);
            case "in-turn" -> endpoint.setChoice(ServiceEndpoint.Choice.IN_TURN);
            case "source" -> endpoint.setChoice(ServiceEndpoint.Choice.SOURCE);
            default -> throw Arguments.invalid("balance", choice, "expected random, in-turn or source");
        }
        for (String option : List.of("balance", "prefer-local")) {
            if (arguments.has(option) && mode.equals("dnsrr")) {
                throw new UsageException("--" + option + " is about the service's own address, which --endpoint-mode dnsrr does"
                        + " without: leave one of them out");
            }
        }
        endpoint.setPreferLocal(arguments.isOn("prefer-local"));
        for (PublishedPort port : PublishedPort.all("publish", arguments)) {
            if (port.everyNode()) {
                endpoint.addPorts(EndpointPort.newBuilder().setProtocol(port.protocol()).setPublished(port.hostPort())
                        .setTarget(port.containerPort()));
            }
        }
        for (NamedPort port : named("srv", arguments.values("srv"))) {
            endpoint.addNamed(api.cluster.NamedPort.newBuilder().setName(port.name()).setPort(port.port()));
        }
        return endpoint.build();
    }

    /** Ports with their names. */
    private static List<NamedPort> named(String option, List<String> words) throws UsageException {
        List<NamedPort> ports = new ArrayList<>();
        for (String word : words) {
            ports.add(named(option, word));
            Optional<String> wrong = NamedPort.problem(ports);
            if (wrong.isPresent()) {
                throw Arguments.invalid(option, word, wrong.get());
            }
        }
        return ports;
    }

    static NamedPort named(String option, String word) throws UsageException {
        try {
            return NamedPort.parse(word);
        } catch (IllegalArgumentException wrong) {
            throw Arguments.invalid(option, word, wrong.getMessage());
        }
    }
}
