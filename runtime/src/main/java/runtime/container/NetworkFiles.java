package runtime.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import runtime.network.Endpoint;

/** /etc/hosts, /etc/hostname and /etc/resolv.conf of a container, as its networks want them. */
final class NetworkFiles {
    private static final Path HOST_RESOLV_CONF = Path.of("/etc/resolv.conf");

    private NetworkFiles() {}

    /**
     * What its networks say.
     *
     * @param addresses   with prefix length
     * @param gateway     empty without one
     * @param nameServers for resolv.conf; empty for the host's
     * @param resolver    whether these know the names of the network, and the user's servers
     */
    record Surroundings(List<String> addresses, String gateway, List<String> nameServers,
            boolean resolver) {
        static final Surroundings NONE = new Surroundings(List.of(), "", List.of(), false);

        static Surroundings of(ContainerNetwork.Attachment attachment) {
            return new Surroundings(attachment.addresses(), attachment.gateway(),
                    attachment.nameServers(), attachment.resolver());
        }

        /** Those of a container that runs. */
        static Surroundings of(List<Endpoint> endpoints, boolean resolver) {
            List<String> addresses = new java.util.ArrayList<>();
            endpoints.forEach(endpoint -> addresses.add(endpoint.ipv4Address()));
            endpoints.stream().map(Endpoint::ipv6Address).filter(each -> !each.isEmpty())
                    .forEach(addresses::add);
            String gateway = endpoints.isEmpty() ? "" : endpoints.getFirst().ipv4Gateway();
            List<String> servers = endpoints.stream().filter(Endpoint::hasNames)
                    .map(Endpoint::ipv4Gateway).limit(1).toList();
            return new Surroundings(addresses, gateway, servers, resolver);
        }
    }

    /** Writes them, in place: a container that runs has them mounted. */
    static void write(ContainerRecord record, ContainerFolders folders, Surroundings around)
            throws ContainerException, IOException {
        ContainerOptions options = record.options();
        String hostname = SpecBuilder.hostname(options, record.id());
        Files.writeString(folders.hostname(), hostname + "\n");
        Files.writeString(folders.hosts(), GeneratedFiles.hosts(options, hostname,
                around.addresses, around.gateway));
        Files.writeString(folders.resolvConf(), GeneratedFiles.resolvConf(options.network(),
                around.nameServers, around.resolver,
                !ContainerCreation.networkOf(options).equals("host"), HOST_RESOLV_CONF));
    }
}
