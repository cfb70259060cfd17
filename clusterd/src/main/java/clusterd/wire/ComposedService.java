package clusterd.wire;

import api.node.CreateContainerRequest;
import api.node.Device;
import api.node.HealthOptions;
import api.node.IoLimit;
import api.node.Mount;
import api.node.NetworkPlace;
import api.node.PortRequest;
import api.node.PullPolicy;
import api.node.SecurityOptions;
import api.node.Ulimit;
import api.node.Words;
import clusterd.compose.ComposeFile;
import clusterd.compose.ComposeProject;
import clusterd.compose.ComposeService;
import clusterd.compose.FileUse;
import clusterd.compose.Health;
import clusterd.compose.Isolation;
import clusterd.compose.Limits;
import clusterd.compose.Links;
import clusterd.compose.Program;
import clusterd.compose.ServiceMount;
import clusterd.compose.ServicePort;
import clusterd.model.Affinity;
import clusterd.model.ContainerTemplate;
import clusterd.model.EndpointPort;
import clusterd.model.FileReference;
import clusterd.model.HostPort;
import clusterd.model.Placement;
import clusterd.model.ServiceEndpoint;
import clusterd.model.ServiceSpec;
import clusterd.model.TaskTemplate;
import clusterd.template.DeviceRequests;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A service of a Compose project as the cluster wants it: names with the project's before them, its container as
 * an encoded {@code CreateContainerRequest}.
 */
public final class ComposedService {
    /** Of services, containers and all else of a stack: docker's own label. */
    public static final String STACK_LABEL = "com.docker.stack.namespace";
    /** Of services: what the file calls the service. */
    public static final String SERVICE_LABEL = "jctl.stack.service";
    /** Named as external networks, since Compose files for stacks knew no other way to say it. */
    private static final Set<String> HOST_NETWORKS = Set.of("host", "none");
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final ComposeProject project;
    private final ComposeService service;

    private ComposedService(ComposeProject project, ComposeService service) {
        this.project = project;
        this.service = service;
    }

    /** The spec of one of the project's services. */
    public static ServiceSpec spec(ComposeProject project, ComposeService service) {
        return new ComposedService(project, service).spec();
    }

    private ServiceSpec spec() {
        List<HostPort> hostPorts = service.links().ports().stream()
                .filter(port -> port.onNode() && port.firstHostPort() > 0
                        && port.firstHostPort() == port.lastHostPort())
                .map(port -> new HostPort(port.protocol(), port.firstHostPort())).distinct().toList();
        TaskTemplate task = new TaskTemplate(
                new ContainerTemplate(service.image(), request().toByteArray()), service.reservation(), placement(),
                service.restart(), hostPorts, files(service.secrets(), project.secrets()),
                files(service.configs(), project.configs()), 0);
        return new ServiceSpec(project.serviceName(service.name()), labels(),
                service.project().isEmpty() ? ServiceSpec.STANDARD_PROJECT : service.project(), service.priority(),
                service.mode(), task, service.update(), service.rollback(), Optional.empty(), Optional.of(endpoint()));
    }

    private SortedMap<String, String> labels() {
        SortedMap<String, String> labels = new TreeMap<>(service.serviceLabels());
        labels.put(STACK_LABEL, project.name());
        labels.put(SERVICE_LABEL, service.name());
        return labels;
    }

    private ServiceEndpoint endpoint() {
        return service.endpoint().with(service.links().ports().stream().filter(port -> !port.onNode()).map(port ->
                new EndpointPort(port.protocol(), port.firstHostPort(), port.containerPort())).toList());
    }

    /** Services of the project by their names in the cluster. */
    private Placement placement() {
        Placement own = service.placement();
        List<Affinity> affinities = own.affinities().stream().map(each -> new Affinity(
                project.services().containsKey(each.service()) ? project.serviceName(each.service())
                        : each.service(), each.apart(), each.level(), each.must())).toList();
        return new Placement(own.constraints(), own.spread(), own.binpack(), affinities, own.maxPerNode(),
                own.platforms());
    }

    private static List<FileReference> files(List<FileUse> uses,
            Map<String, ComposeFile> known) {
        return uses.stream().map(use -> new FileReference(known.get(use.source()).name(), use.target(), use.userId(),
                use.groupId(), use.mode())).toList();
    }

    private CreateContainerRequest request() {
        CreateContainerRequest.Builder request = CreateContainerRequest.newBuilder().setImage(service.image())
                .putAllLabels(service.labels()).putLabels(STACK_LABEL, project.name())
                .putAllAnnotations(service.annotations())
                .setLogDriver(service.logDriver()).putAllLogOptions(service.logOptions())
                .setPlatform(service.platform());
        switch (service.pullPolicy()) {
            case "always" -> request.setPullPolicy(PullPolicy.ALWAYS);
            case "never" -> request.setPullPolicy(PullPolicy.NEVER);
            default -> request.setPullPolicy(PullPolicy.MISSING);
        }
        program(request, service.program());
        isolation(request, service.isolation());
        links(request, service.links());
        service.mounts().forEach(mount -> request.addMounts(mount(mount)));
        request.setResources(resources(service.limits()));
        service.health().ifPresent(health -> request.setHealth(health(health)));
        return request.build();
    }

    private static void program(CreateContainerRequest.Builder request, Program program) {
        program.command().ifPresent(request::addAllArgs);
        program.entrypoint().ifPresent(words -> request.setEntrypoint(Words.newBuilder().addAllWords(words)));
        program.environment().forEach((name, value) -> request.addEnv(name + "=" + value));
        request.setWorkingDir(program.workingDirectory()).setUser(program.user()).addAllGroupAdd(program.groups())
                .setTty(program.terminal())
                .setInteractive(program.standardInput() && !program.terminal()).setInit(program.init())
                .setStopSignal(program.stopSignal());
        program.stopSeconds().ifPresent(request::setStopTimeoutSeconds);
    }

    private static void isolation(CreateContainerRequest.Builder request, Isolation isolation) {
        request.setReadOnlyRoot(isolation.readOnlyRoot()).setPrivileged(isolation.privileged())
                .addAllCapAdd(isolation.capAdd()).addAllCapDrop(isolation.capDrop())
                .putAllSysctls(isolation.sysctls()).addAllCdiDevices(isolation.cdiDevices())
                .setGpus(isolation.gpus()).addAllDeviceCgroupRules(isolation.deviceRules())
                .setPidMode(isolation.pid()).setIpcMode(isolation.ipc()).setUtsMode(isolation.uts())
                .setUsernsMode(isolation.userNamespace()).setCgroupnsMode(isolation.cgroupNamespace())
                .setCgroupParent(isolation.cgroupParent()).setShmSizeBytes(isolation.sharedMemoryBytes());
        isolation.oomScore().ifPresent(request::setOomScoreAdj);
        isolation.resources().forEach(each -> request.addResourceRequests(DeviceRequests.message(each)));
        isolation.devices().forEach(device -> request.addDevices(Device.newBuilder()
                .setHostPath(device.hostPath()).setContainerPath(device.containerPath())
                .setPermissions(device.permissions())));
        if (!isolation.securityOptions().isEmpty()) {
            request.setSecurity(security(isolation.securityOptions()));
        }
    }

    private static SecurityOptions.Builder security(List<String> options) {
        SecurityOptions.Builder security = SecurityOptions.newBuilder();
        for (String option : options) {
            String value = option.substring(option.indexOf('=') + 1);
            switch (option.split("=", 2)[0]) {
                case "no-new-privileges" -> security.setNoNewPrivileges(!value.equals("false"));
                case "seccomp" -> security.setSeccompUnconfined(true);
                case "apparmor" -> security.setApparmorProfile(value);
                case "label" -> security.addSelinuxLabels(value);
                case "systempaths" -> security.setSystemPathsUnconfined(true);
                default -> throw new IllegalArgumentException("security option " + option + " is unknown");
            }
        }
        return security;
    }

    private void links(CreateContainerRequest.Builder request, Links links) {
        request.setHostname(links.hostname()).setDomainName(links.domainName()).addAllExpose(links.expose())
                .addAllDns(links.dns()).addAllDnsSearch(links.dnsSearch()).addAllDnsOptions(links.dnsOptions())
                .addAllAddHosts(links.extraHosts()).setNetworkMode(links.mode());
        links.networks().forEach(use -> {
            String network = project.networks().get(use.network()).name();
            if (HOST_NETWORKS.contains(network)) {
                request.setNetworkMode(network); // no network to have a place in
                return;
            }
            NetworkPlace.Builder place = NetworkPlace.newBuilder().setNetwork(network).addAliases(service.name())
                    .addAllAliases(use.aliases().stream().filter(each -> !each.equals(service.name())).toList())
                    .setIpv4Address(use.ipv4Address()).setIpv6Address(use.ipv6Address())
                    .setInterfaceName(use.interfaceName());
            request.setNetworkMode(request.getNetworksCount() == 0 ? place.getNetwork() : request.getNetworkMode())
                    .addNetworks(place);
        });
        links.ports().stream().filter(ServicePort::onNode).forEach(port -> request.addPorts(PortRequest.newBuilder()
                .setHostAddress(port.hostAddress()).setFirstHostPort(port.firstHostPort())
                .setLastHostPort(port.lastHostPort()).setContainerPort(port.containerPort())
                .setProtocol(port.protocol())));
    }

    private Mount.Builder mount(ServiceMount mount) {
        Mount.Builder message = Mount.newBuilder().setTarget(mount.target()).setReadOnly(mount.readOnly());
        return switch (mount.kind()) {
            case BIND -> message.setKind(Mount.Kind.BIND).setSource(mount.source())
                    .setCreateSource(mount.createSource()).setNotRecursive(!mount.recursive())
                    .setPropagation(mount.propagation().isEmpty() ? Mount.Propagation.PROPAGATION_DEFAULT
                            : Mount.Propagation.valueOf(mount.propagation().toUpperCase(Locale.ROOT)));
            case VOLUME -> message.setKind(Mount.Kind.VOLUME).setVolumeNoCopy(!mount.copy())
                    .setSource(mount.source().isEmpty() ? "" : project.volumes().get(mount.source()).name());
            case TMPFS -> {
                message.setKind(Mount.Kind.TMPFS).setTmpfsSizeBytes(mount.sizeBytes())
                        .addAllTmpfsOptions(mount.options());
                mount.mode().ifPresent(message::setTmpfsMode);
                yield message;
            }
        };
    }

    private api.node.Resources.Builder resources(Limits limits) {
        api.node.Resources.Builder resources = api.node.Resources.newBuilder()
                .setMemoryLimitBytes(limits.memoryBytes()).setMemorySwapLimitBytes(limits.swapBytes())
                .setMemoryReservationBytes(limits.memoryBytes() > 0
                        ? Math.min(service.reservation().memoryBytes(), limits.memoryBytes())
                        : service.reservation().memoryBytes())
                .setOomKillDisable(limits.spareFromOom()).setNanoCpus(limits.nanoCpus())
                .setCpuShares(limits.cpuShares()).setCpuPeriodMicros(limits.cpuPeriodMicros())
                .setCpuQuotaMicros(limits.cpuQuotaMicros()).setCpusetCpus(limits.cpuset())
                .setIoWeight(limits.ioWeight());
        limits.swappiness().ifPresent(resources::setMemorySwappiness);
        limits.pids().ifPresent(resources::setPidsLimit);
        limits.io().forEach(each -> resources.addIoLimits(IoLimit.newBuilder().setKind(switch (each.kind()) {
            case DEVICE_READ_BPS -> IoLimit.Kind.READ_BYTES_PER_SECOND;
            case DEVICE_WRITE_BPS -> IoLimit.Kind.WRITE_BYTES_PER_SECOND;
            case DEVICE_READ_IOPS -> IoLimit.Kind.READ_OPERATIONS_PER_SECOND;
            case DEVICE_WRITE_IOPS -> IoLimit.Kind.WRITE_OPERATIONS_PER_SECOND;
        }).setDevicePath(each.path()).setLimit(each.rate())));
        limits.ulimits().forEach((name, range) -> resources.addUlimits(Ulimit.newBuilder().setName(name)
                .setSoft(range.soft()).setHard(range.hard())));
        return resources;
    }

    private static HealthOptions.Builder health(Health health) {
        HealthOptions.Builder options = HealthOptions.newBuilder().setDisabled(health.disabled())
                .setIntervalNanos(health.intervalMillis() * NANOS_PER_MILLI)
                .setTimeoutNanos(health.timeoutMillis() * NANOS_PER_MILLI)
                .setStartPeriodNanos(health.startPeriodMillis() * NANOS_PER_MILLI)
                .setStartIntervalNanos(health.startIntervalMillis() * NANOS_PER_MILLI);
        List<String> test = health.test();
        if (!test.isEmpty()) {
            List<String> rest = test.subList(1, test.size());
            options.setCommand(test.getFirst().equals("CMD-SHELL") ? rest.getFirst() : line(rest));
        }
        health.retries().ifPresent(options::setRetries);
        return options;
    }

    /** Words as a line for a shell that takes each as it is. */
    private static String line(List<String> words) {
        return words.stream().map(word -> word.matches("[A-Za-z0-9_./:=@%+,-]+") ? word
                : "'" + word.replace("'", "'\\''") + "'").collect(Collectors.joining(" "));
    }
}
