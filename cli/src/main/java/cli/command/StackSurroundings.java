package cli.command;

import api.cluster.ClusterNetworkView;
import api.cluster.CreateClusterNetworkRequest;
import api.cluster.CreateClusterNetworkResponse;
import api.cluster.CreateFileRequest;
import api.cluster.CreateFileResponse;
import api.cluster.ListClusterNetworksRequest;
import api.cluster.ListClusterNetworksResponse;
import api.cluster.ListFilesRequest;
import api.cluster.ListFilesResponse;
import api.cluster.UpdateClusterNetworkRequest;
import api.cluster.UpdateClusterNetworkResponse;
import api.node.CreateNetworkRequest;
import api.node.CreateNetworkResponse;
import api.node.CreateVolumeRequest;
import api.node.CreateVolumeResponse;
import api.node.ListNetworksRequest;
import api.node.ListNetworksResponse;
import api.node.ListVolumesRequest;
import api.node.ListVolumesResponse;
import api.node.NetworkSummary;
import api.node.Volume;
import cli.stack.FileSteps;
import cli.stack.NetworkNeeds;
import cli.transport.CallException;
import clusterd.compose.ComposeFile;
import clusterd.compose.ComposeNetwork;
import clusterd.compose.ComposeProject;
import clusterd.compose.ComposeService;
import clusterd.compose.ComposeVolume;
import clusterd.compose.FileUse;
import clusterd.wire.ComposedService;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a stack's services need around them: secrets, configs and networks in the cluster, networks and volumes of its
 * only node. First {@link #check}, which finds all that is in the way, then {@link #make}.
 */
final class StackSurroundings {
    /** As the cluster keeps at most of one. */
    private static final int LIMIT_BYTES = 500 * 1024;

    private final StackClient client;
    private final Console console;
    private final ComposeProject project;
    private final NetworkNeeds needs;
    private final boolean singleNode;
    private final List<String> refusals = new ArrayList<>();
    private final List<ComposeNetwork> networks = new ArrayList<>();
    private final List<ComposeNetwork> shared = new ArrayList<>();
    private final List<UpdateClusterNetworkRequest> policies = new ArrayList<>();
    private final List<ComposeVolume> volumes = new ArrayList<>();
    private final List<FileSteps.Wanted> files = new ArrayList<>();

    StackSurroundings(StackClient client, NetworkNeeds needs, boolean singleNode, Console console) {
        this.client = client;
        this.console = console;
        this.project = needs.project();
        this.needs = needs;
        this.singleNode = singleNode;
    }

    /** All that is in the way, a sentence each; nothing is changed. */
    List<String> check() throws UsageException, CallException, IOException {
        refusals.addAll(needs.refusals());
        if (singleNode) {
            checkNetworks();
            checkVolumes();
        }
        checkShared();
        checkFiles();
        return List.copyOf(refusals);
    }

    /** Makes what is not there. */
    void make() throws UsageException, CallException, IOException {
        for (ComposeNetwork network : networks) {
            console.println("Creating network " + network.name());
            client.node().unary("CreateNetwork", request(network), CreateNetworkResponse.parser());
        }
        for (ComposeNetwork network : shared) {
            console.println("Creating network " + network.name());
            client.cluster().unary("CreateClusterNetwork", sharedRequest(network),
                    CreateClusterNetworkResponse.parser());
        }
        for (UpdateClusterNetworkRequest policy : policies) {
            console.println("Updating network " + policy.getName());
            client.cluster().unary("UpdateClusterNetwork", policy, UpdateClusterNetworkResponse.parser());
        }
        for (ComposeVolume volume : volumes) {
            console.println("Creating volume " + volume.name());
            client.node().unary("CreateVolume", CreateVolumeRequest.newBuilder().setName(volume.name())
                    .putAllLabels(labels(volume.labels())).build(), CreateVolumeResponse.parser());
        }
        for (FileSteps.Wanted file : files) {
            console.println("Creating " + (file.secret() ? "secret " : "config ") + file.name());
            client.cluster().unary("CreateFile", CreateFileRequest.newBuilder().setName(file.name())
                    .setSecret(file.secret()).putAllLabels(marked(file))
                    .setData(ByteString.copyFrom(file.data())).build(), CreateFileResponse.parser());
        }
    }

    private Map<String, String> labels(Map<String, String> own) {
        Map<String, String> labels = new TreeMap<>(own);
        labels.put(ComposedService.STACK_LABEL, project.name());
        return labels;
    }

    private static Map<String, String> marked(FileSteps.Wanted file) {
        Map<String, String> labels = new TreeMap<>(file.labels());
        if (file.secret()) {
            byte[] salt = new byte[ContentMark.SALT_BYTES];
            new SecureRandom().nextBytes(salt);
            labels.put(FileSteps.MARK_LABEL, ContentMark.of(file.data(), salt));
        }
        return labels;
    }

    private void checkNetworks() throws UsageException, CallException, IOException {
        if (needs.own().isEmpty() && needs.outside().isEmpty()) {
            return;
        }
        Map<String, NetworkSummary> there = new HashMap<>();
        client.node().unary("ListNetworks", ListNetworksRequest.getDefaultInstance(), ListNetworksResponse.parser())
                .getNetworksList().forEach(each -> there.put(each.getName(), each));
        for (ComposeNetwork network : needs.own()) {
            NetworkSummary known = there.get(network.name());
            if (known == null) {
                networks.add(network);
            } else if (!project.name().equals(known.getLabelsMap().get(ComposedService.STACK_LABEL))) {
                refusals.add("network " + network.name() + " is there already and is no part of stack "
                        + project.name() + ": make it external, or `jctl network rm` it");
            }
        }
        for (ComposeNetwork network : needs.outside()) {
            if (!there.containsKey(network.name())) {
                refusals.add("network " + network.name() + " is declared as external, but could not be found: make"
                        + " it with `jctl network create " + network.name() + "`");
            }
        }
    }

    private void checkShared() throws CallException, IOException {
        if (needs.shared().isEmpty()) {
            return;
        }
        Map<String, ClusterNetworkView> there = new HashMap<>();
        client.cluster().unary("ListClusterNetworks", ListClusterNetworksRequest.getDefaultInstance(),
                ListClusterNetworksResponse.parser()).getNetworksList().forEach(each -> there.put(each.getName(), each));
        for (ComposeNetwork network : needs.shared()) {
            String backend = backend(network);
            if (OverlayNetworkFlags.backend(backend).isEmpty()) {
                refusals.add("network " + network.name() + ": backend: " + backend + ": " + OverlayNetworkFlags.BACKENDS);
            }
            ClusterNetworkView known = there.get(network.name());
            if (known == null) {
                shared.add(network);
            } else if (!project.name().equals(known.getLabelsMap().get(ComposedService.STACK_LABEL))) {
                refusals.add("network " + network.name() + " is there already and is no part of stack "
                        + project.name() + ": make it external, or `jctl network rm` it");
            } else {
                policy(network, known).ifPresent(policies::add);
            }
        }
    }

    private List<String> rules(ComposeNetwork network) {
        return network.policy().rules(project.name() + "_", project.services().keySet());
    }

    /** What makes the policy of a network that is there the file's; what was said by hand meanwhile goes. */
    private Optional<UpdateClusterNetworkRequest> policy(ComposeNetwork network, ClusterNetworkView known) {
        List<String> rules = rules(network);
        boolean closed = network.policy().closed();
        if (closed == known.getDefaultDeny() && rules.equals(known.getRulesList())) {
            return Optional.empty();
        }
        return Optional.of(UpdateClusterNetworkRequest.newBuilder().setName(network.name())
                .setDefault(closed ? UpdateClusterNetworkRequest.Default.DENY : UpdateClusterNetworkRequest.Default.ALLOW)
                .addAllRemovedRules(known.getRulesList()).addAllAddedRules(rules).build());
    }

    /** Gateways and ranges are each node's own, and left out. */
    private CreateClusterNetworkRequest sharedRequest(ComposeNetwork network) {
        CreateClusterNetworkRequest.Builder request = CreateClusterNetworkRequest.newBuilder().setName(network.name())
                .setIpv6(network.ipv6()).setInternal(network.internal()).setAttachable(network.attachable())
                .putAllLabels(labels(network.labels())).setDefaultDeny(network.policy().closed())
                .addAllRules(rules(network));
        network.pools().forEach(pool -> request.addSubnets(pool.subnet()));
        String mtu = network.options().getOrDefault("com.docker.network.driver.mtu", "");
        if (mtu.matches("[0-9]{1,6}")) {
            request.setMtuBytes(Integer.parseInt(mtu));
        }
        if (network.options().containsKey("encrypted")) {
            request.setEncrypted(!network.options().get("encrypted").equals("false"));
        }
        OverlayNetworkFlags.backend(backend(network)).ifPresent(request::setBackend);
        return request.build();
    }

    private static String backend(ComposeNetwork network) {
        return network.options().getOrDefault(OverlayNetworkFlags.BACKEND_OPTION, OverlayNetworkFlags.VXLAN);
    }

    private CreateNetworkRequest request(ComposeNetwork network) {
        CreateNetworkRequest.Builder request = CreateNetworkRequest.newBuilder().setName(network.name())
                .setIpv6(network.ipv6()).setInternal(network.internal()).putAllLabels(labels(network.labels()));
        if (!network.driver().equals("overlay")) {
            request.putAllOptions(network.options()); // those of an overlay mean nothing to a bridge
        }
        for (ComposeNetwork.Pool pool : network.pools()) {
            request.addSubnets(pool.subnet());
            if (!pool.range().isEmpty()) {
                request.addIpRanges(pool.range());
            }
            if (!pool.gateway().isEmpty()) {
                request.addGateways(pool.gateway());
            }
        }
        return request.build();
    }

    private void checkVolumes() throws UsageException, CallException, IOException {
        Set<String> used = new TreeSet<>();
        for (ComposeService service : project.services().values()) {
            service.mounts().stream().map(mount -> mount.source()).filter(project.volumes()::containsKey)
                    .forEach(used::add);
        }
        if (used.isEmpty()) {
            return;
        }
        Map<String, Volume> there = new HashMap<>();
        client.node().unary("ListVolumes", ListVolumesRequest.getDefaultInstance(), ListVolumesResponse.parser())
                .getVolumesList().forEach(each -> there.put(each.getName(), each));
        for (String key : used) {
            ComposeVolume volume = project.volumes().get(key);
            boolean placeholders = volume.name().contains("{{"); // each task has its own, made with it
            if (placeholders || there.containsKey(volume.name())) {
                continue;
            }
            if (volume.external()) {
                refusals.add("volume " + volume.name() + " is declared as external, but could not be found: make it"
                        + " with `jctl volume create " + volume.name() + "`");
            } else {
                volumes.add(volume);
            }
        }
    }

    private void checkFiles() throws CallException, IOException {
        List<FileSteps.Wanted> wanted = new ArrayList<>();
        Set<String> secrets = new TreeSet<>();
        Set<String> configs = new TreeSet<>();
        for (ComposeService service : project.services().values()) {
            service.secrets().stream().map(FileUse::source).forEach(secrets::add);
            service.configs().stream().map(FileUse::source).forEach(configs::add);
        }
        if (secrets.isEmpty() && configs.isEmpty()) {
            return;
        }
        Map<String, FileSteps.Kept> keptSecrets = kept(true, project.secrets(), secrets);
        Map<String, FileSteps.Kept> keptConfigs = kept(false, project.configs(), configs);
        collect(true, project.secrets(), secrets, keptSecrets, wanted);
        collect(false, project.configs(), configs, keptConfigs, wanted);
        FileSteps steps = FileSteps.of(wanted, keptSecrets, keptConfigs, ContentMark::matches);
        refusals.addAll(steps.refusals());
        for (String warning : steps.warnings()) {
            console.say("WARNING: " + warning);
        }
        files.addAll(steps.create());
    }

    private Map<String, FileSteps.Kept> kept(boolean secret, SortedMap<String, ComposeFile> known,
            Set<String> used) throws CallException, IOException {
        Map<String, FileSteps.Kept> kept = new HashMap<>();
        if (used.isEmpty()) {
            return kept;
        }
        for (ListFilesResponse.File file : files(client, secret, "")) {
            kept.put(file.getName(), new FileSteps.Kept(file.getLabelsMap(), Optional.empty()));
        }
        for (String key : used) {
            String name = known.get(key).name();
            if (!secret && kept.containsKey(name)) {
                for (ListFilesResponse.File file : files(client, false, name)) {
                    kept.put(name, new FileSteps.Kept(file.getLabelsMap(),
                            Optional.of(file.getData().toByteArray())));
                }
            }
        }
        return kept;
    }

    /** Secrets or configs of the cluster; one alone, or with "" all. */
    static List<ListFilesResponse.File> files(StackClient client, boolean secret, String name)
            throws CallException, IOException {
        return client.cluster().unary("ListFiles", ListFilesRequest.newBuilder().setSecret(secret).setName(name)
                .build(), ListFilesResponse.parser()).getFilesList();
    }

    private void collect(boolean secret, SortedMap<String, ComposeFile> known, Set<String> used,
            Map<String, FileSteps.Kept> kept, List<FileSteps.Wanted> wanted) {
        String noun = secret ? "secret" : "config";
        for (String key : used) {
            ComposeFile file = known.get(key);
            String what = noun + " " + file.name();
            switch (file.source()) {
                case ComposeFile.External there -> {
                    if (!kept.containsKey(file.name())) {
                        refusals.add(what + " is declared as external, but could not be found: make it with `jctl "
                                + noun + " create " + file.name() + " FILE`");
                    }
                }
                case ComposeFile.Inline inline ->
                        add(what, secret, file, inline.content().getBytes(StandardCharsets.UTF_8), wanted);
                case ComposeFile.FromEnvironment variable -> {
                    if (console.hasEnvironment(variable.variable())) {
                        add(what, secret, file, console.environment(variable.variable())
                                .getBytes(StandardCharsets.UTF_8), wanted);
                    } else {
                        refusals.add(what + ": the environment has no variable " + variable.variable());
                    }
                }
                case ComposeFile.FromFile path -> {
                    try (InputStream in = Files.newInputStream(Path.of(path.path()))) {
                        add(what, secret, file, in.readNBytes(LIMIT_BYTES + 1), wanted);
                    } catch (IOException e) {
                        refusals.add(what + ": open " + path.path() + ": "
                                + (e instanceof java.nio.file.NoSuchFileException ? "no such file or directory"
                                        : e.toString()));
                    }
                }
            }
        }
    }

    private void add(String what, boolean secret, ComposeFile file, byte[] data, List<FileSteps.Wanted> wanted) {
        if (data.length == 0 || data.length > LIMIT_BYTES) {
            refusals.add(what + (data.length == 0 ? " is empty: it has one byte or more"
                    : " is larger than " + LIMIT_BYTES / 1024 + " KiB"));
        } else {
            wanted.add(new FileSteps.Wanted(file.name(), secret, new TreeMap<>(labels(file.labels())), data));
        }
    }
}
