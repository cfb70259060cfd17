package cli.command;

import api.cluster.EndpointPort;
import api.cluster.FileReference;
import api.cluster.HostPort;
import api.cluster.NamedPort;
import api.node.Mount;
import api.node.PortRequest;
import java.util.ArrayList;
import java.util.List;

/** The -rm options of service update, and what an -add option takes the place of. */
final class ServiceRemovals {
    private final ServiceParts parts;

    ServiceRemovals(ServiceParts parts) {
        this.parts = parts;
    }

    /**
     * Removes what a word names.
     *
     * @param kind of the option without its "-rm"
     */
    void remove(String kind, String word) throws UsageException {
        switch (kind) {
            case "env" -> env(word);
            case "label" -> parts.spec.removeLabels(word);
            case "container-label" -> parts.options.removeLabels(word);
            case "constraint" -> constraint(kind + "-rm", word);
            case "publish" -> port(PublishedPort.target("publish-rm", word));
            case "srv" -> named(word);
            case "secret" -> {
                List<FileReference> kept = without(parts.task.getSecretsList(), word, "");
                parts.task.clearSecrets().addAllSecrets(kept);
            }
            case "config" -> {
                List<FileReference> kept = without(parts.task.getConfigsList(), word, "");
                parts.task.clearConfigs().addAllConfigs(kept);
            }
            case "mount" -> mount(word);
            case "generic-resource" -> parts.removeReserved(word);
            case "resource" -> parts.removeDevices(ResourceFlags.fullName(word));
            case "host" -> host(word);
            case "placement-pref" -> preference(word);
            case "group" -> {
                List<String> kept = without(parts.options.getGroupAddList(), word);
                parts.options.clearGroupAdd().addAllGroupAdd(kept);
            }
            case "dns" -> {
                List<String> kept = without(parts.options.getDnsList(), word);
                parts.options.clearDns().addAllDns(kept);
            }
            case "dns-option" -> {
                List<String> kept = without(parts.options.getDnsOptionsList(), word);
                parts.options.clearDnsOptions().addAllDnsOptions(kept);
            }
            case "dns-search" -> {
                List<String> kept = without(parts.options.getDnsSearchList(), word);
                parts.options.clearDnsSearch().addAllDnsSearch(kept);
            }
            case "sysctl" -> parts.options.removeSysctls(word);
            case "ulimit" -> parts.removeUlimit(word);
            default -> throw new IllegalArgumentException("no option removes a " + kind);
        }
    }

    /**
     * Removes what an added word takes the place of.
     *
     * @param kind of the option without its "-add"
     */
    void replace(String kind, String word) throws UsageException {
        switch (kind) {
            case "env" -> env(name(word));
            case "constraint" -> constraint(kind + "-add", word);
            case "placement-pref" -> preference(word);
            case "ulimit" -> parts.removeUlimit(name(word));
            case "resource" -> parts.recountDevices(ResourceFlags.name(word));
            case "srv" -> named(EndpointFlags.named("srv-add", word).name());
            case "secret" -> {
                String target = FileFlags.target(FileKind.SECRET, word);
                List<FileReference> kept = without(parts.task.getSecretsList(), "", target);
                parts.task.clearSecrets().addAllSecrets(kept);
            }
            case "config" -> {
                String target = FileFlags.target(FileKind.CONFIG, word);
                List<FileReference> kept = without(parts.task.getConfigsList(), "", target);
                parts.task.clearConfigs().addAllConfigs(kept);
            }
            default -> { }
        }
    }

    /** What stands before an equals sign, or all. */
    private static String name(String word) {
        return word.indexOf('=') < 0 ? word : word.substring(0, word.indexOf('='));
    }

    private void preference(String word) {
        if (word.equals("binpack")) {
            parts.placement.clearBinpack();
            return;
        }
        List<String> kept = without(parts.placement.getSpreadList(),
                word.startsWith("spread=") ? word.substring("spread=".length()) : word);
        parts.placement.clearSpread().addAllSpread(kept);
    }

    private static List<String> without(List<String> words, String gone) {
        List<String> kept = new ArrayList<>(words);
        kept.removeIf(gone::equals);
        return kept;
    }

    private void env(String name) {
        List<String> kept = new ArrayList<>();
        for (String variable : parts.options.getEnvList()) {
            if (!variable.startsWith(name + "=")) {
                kept.add(variable);
            }
        }
        parts.options.clearEnv().addAllEnv(kept);
    }

    private void constraint(String option, String word) throws UsageException {
        clusterd.model.Constraint gone = PlacementFlags.parsed(option, word);
        List<api.cluster.Constraint> kept = new ArrayList<>();
        for (api.cluster.Constraint each : parts.placement.getConstraintsList()) {
            if (!each.getAttribute().equals(gone.attribute()) || each.getEqual() != gone.equal()
                    || !each.getValue().equalsIgnoreCase(gone.value())) {
                kept.add(each);
            }
        }
        parts.placement.clearConstraints().addAllConstraints(kept);
    }

    /** By the name, whatever its port is. */
    private void named(String name) {
        parts.endpoint(endpoint -> {
            List<NamedPort> kept = new ArrayList<>(endpoint.getNamedList());
            kept.removeIf(each -> each.getName().equalsIgnoreCase(name));
            endpoint.clearNamed().addAllNamed(kept);
        });
    }

    /** Removes what leads to a port of the container. */
    void port(PublishedPort gone) {
        List<PortRequest> kept = new ArrayList<>();
        List<HostPort> taken = new ArrayList<>(parts.task.getHostPortsList());
        for (PortRequest each : parts.options.getPortsList()) {
            if (each.getContainerPort() != gone.containerPort() || !each.getProtocol().equals(gone.protocol())) {
                kept.add(each);
            } else {
                taken.removeIf(port -> port.getPort() == each.getFirstHostPort()
                        && port.getProtocol().equals(each.getProtocol()));
            }
        }
        parts.options.clearPorts().addAllPorts(kept);
        parts.task.clearHostPorts().addAllHostPorts(taken);
        parts.endpoint(endpoint -> {
            List<EndpointPort> published = new ArrayList<>(endpoint.getPortsList());
            published.removeIf(port -> port.getTarget() == gone.containerPort()
                    && port.getProtocol().equals(gone.protocol()));
            endpoint.clearPorts().addAllPorts(published);
        });
    }

    private void mount(String target) {
        List<Mount> kept = new ArrayList<>();
        for (Mount each : parts.options.getMountsList()) {
            if (!each.getTarget().equals(target)) {
                kept.add(each);
            }
        }
        parts.options.clearMounts().addAllMounts(kept);
    }

    private void host(String word) {
        List<String> kept = new ArrayList<>();
        for (String each : parts.options.getAddHostsList()) {
            if (!each.equals(word) && !each.startsWith(word + ":")) {
                kept.add(each);
            }
        }
        parts.options.clearAddHosts().addAllAddHosts(kept);
    }

    /** Those of neither that name nor that target. */
    private static List<FileReference> without(List<FileReference> files, String name, String target) {
        List<FileReference> kept = new ArrayList<>();
        for (FileReference each : files) {
            if (!each.getName().equals(name) && !each.getTarget().equals(target)) {
                kept.add(each);
            }
        }
        return kept;
    }
}
