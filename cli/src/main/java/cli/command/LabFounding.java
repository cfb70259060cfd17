package cli.command;

import api.cluster.ClusterStatusRequest;
import api.cluster.ClusterStatusResponse;
import api.cluster.CreateTokenRequest;
import api.cluster.CreateTokenResponse;
import api.cluster.Role;
import cli.lab.Labs;
import cli.lab.plan.LabDescription;
import cli.lab.plan.LabRefusal;
import cli.lab.plan.VirtualHost;
import cli.transport.CallException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import linux.abi.Signal;

/** Makes the hosts of a lab one cluster, as an operator does: node1 founds it, the others join with tokens. */
final class LabFounding {
    private static final long LIMIT_MILLIS = 60_000;
    private static final long PAUSE_MILLIS = 100;
    private static final int TOKEN_SECONDS = 3600;

    private final Labs labs;
    private final LabDescription lab;
    private final int managers;
    private final Console first;

    /** @param managers how many of the hosts, from node1 on, manage; the others only work */
    LabFounding(Labs labs, LabDescription lab, int managers, Console console) {
        this.labs = labs;
        this.lab = lab;
        this.managers = managers;
        this.first = console.onHost("unix://" + lab.socket(lab.hosts().getFirst()));
    }

    /** Looks whether so many hosts can have so many managers. */
    static int check(long managers, long nodes) throws LabRefusal {
        if (managers < 1 || managers > nodes) {
            throw new LabRefusal("a cluster of " + nodes + " hosts has from 1 to " + nodes + " managers, not " + managers);
        }
        return (int) managers;
    }

    /** Returns once each host is ready, and each manager votes. */
    void found() throws UsageException, IOException, LabRefusal {
        try (NodeClient client = NodeClient.connectToCluster(first)) {
            for (VirtualHost host : lab.hosts()) {
                if (host.number() > 1) {
                    join(client, host);
                }
            }
            await(client);
        } catch (CallException refused) {
            throw new IOException("node1 does not found a cluster: " + refused.getMessage(), refused);
        }
    }

    private void join(NodeClient client, VirtualHost host) throws CallException, IOException, LabRefusal {
        boolean manages = host.number() <= managers;
        Path token = lab.folder().resolve(manages ? "manager.token" : "worker.token");
        if (!Files.exists(token)) {
            CreateTokenRequest request = CreateTokenRequest.newBuilder().setLifetimeSeconds(TOKEN_SECONDS)
                    .setRole(manages ? Role.ROLE_MANAGER : Role.ROLE_WORKER).build();
            Files.createFile(token, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(token, client.unary("CreateToken", request, CreateTokenResponse.parser()).getToken() + "\n",
                    StandardCharsets.UTF_8, StandardOpenOption.WRITE);
        }
        List<String> options = new ArrayList<>(host.agentOptions());
        options.addAll(List.of("--join", "{first}:2377", "--token", token.toString()));
        labs.signal(lab.name(), host.shortName(), Signal.SIGTERM, true);
        labs.start(lab.name(), host.shortName(), Optional.of(options));
    }

    private void await(NodeClient client) throws IOException, LabRefusal {
        long end = System.nanoTime() + LIMIT_MILLIS * 1_000_000;
        String missing;
        do {
            try {
                Thread.sleep(PAUSE_MILLIS);
                missing = missing(client);
            } catch (CallException notYet) {
                // Managers that join elect a leader meanwhile.
                missing = notYet.getMessage();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while the hosts join", e);
            }
            if (!missing.isEmpty() && System.nanoTime() > end) {
                throw new IOException("the hosts did not become a cluster in " + LIMIT_MILLIS / 1000 + " s: " + missing
                        + "; what their agents said is in " + lab.folder() + "/node*/agent.log");
            }
        } while (!missing.isEmpty());
    }

    /** What is not yet so; empty if all is. */
    private String missing(NodeClient client) throws CallException, IOException {
        ClusterStatusResponse status = client.unary("ClusterStatus", ClusterStatusRequest.getDefaultInstance(),
                ClusterStatusResponse.parser());
        int nodes = lab.hosts().size();
        if (status.getNodesReady() < nodes) {
            return status.getNodesReady() + " of " + nodes + " are ready";
        }
        int voters = status.getManagersCount();
        return voters < managers ? voters + " of " + managers + " managers vote" : "";
    }
}
