package runtime.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import runtime.container.ContainerFolders;
import runtime.container.ContainerOptions;
import runtime.container.ContainerRecord;
import runtime.container.ContainerRecord.Run;
import runtime.container.ContainerRecord.RunExit;
import runtime.container.ContainerState;
import runtime.container.Health;
import runtime.container.HealthCheck;
import runtime.network.Endpoint;
import runtime.spec.ContainerSpec;
import runtime.spec.SpecException;
import runtime.spec.SpecParser;

/** A container as {@code docker inspect} shows it, so that scripts which read that go on working. */
final class InspectJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    /** What docker prints for a time that is not there. */
    private static final String NEVER = "0001-01-01T00:00:00Z";

    private final ContainerRecord record;
    private final ContainerOptions options;
    private final ContainerFolders folders;
    private final Optional<ContainerSpec> spec;
    private final List<Endpoint> endpoints;

    private final Optional<Health> health;

    private InspectJson(ContainerRecord record, ContainerFolders folders,
            List<Endpoint> endpoints, Optional<Health> health) {
        this.record = record;
        this.endpoints = endpoints;
        this.health = health;
        this.options = record.options();
        this.folders = folders;
        this.spec = spec(folders);
    }

    private static Optional<ContainerSpec> spec(ContainerFolders folders) {
        try {
            return Optional.of(SpecParser.parse(Files.readString(folders.spec())));
        } catch (IOException | SpecException damaged) {
            return Optional.empty();
        }
    }

    /**
     * The JSON object as text.
     *
     * @param endpoints its places in networks; empty if it does not run
     * @param health    empty without a check, and if it does not run
     */
    static String of(ContainerRecord record, ContainerFolders folders, List<Endpoint> endpoints,
            Optional<Health> health) {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(
                    new InspectJson(record, folders, endpoints, health).container());
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree that cannot be written", impossible);
        }
    }

    private ObjectNode container() {
        ObjectNode object = MAPPER.createObjectNode();
        object.put("Id", record.id());
        object.put("Created", record.createdAt().toString());
        object.put("Path", record.command().getFirst());
        strings(object.putArray("Args"), record.command().subList(1, record.command().size()));
        state(object.putObject("State"));
        object.put("Image", record.imageId());
        object.put("ResolvConfPath", folders.resolvConf().toString());
        object.put("HostnamePath", folders.hostname().toString());
        object.put("HostsPath", folders.hosts().toString());
        object.put("LogPath", folders.logFile().toString());
        object.put("Name", "/" + record.name());
        object.put("RestartCount", record.restarts());
        object.put("Driver", "overlay");
        object.put("Platform", "linux");
        hostConfig(object.putObject("HostConfig"));
        ObjectNode driver = object.putObject("GraphDriver");
        driver.put("Name", "overlay").putObject("Data")
                .put("LowerDir", String.join(":", record.lowerFolders()))
                .put("UpperDir", folders.upper().toString())
                .put("WorkDir", folders.work().toString());
        mounts(object.putArray("Mounts"));
        config(object.putObject("Config"));
        network(object.putObject("NetworkSettings"));
        return object;
    }

    private void state(ObjectNode state) {
        Optional<Run> run = record.run();
        Optional<RunExit> exit = run.flatMap(Run::exit);
        state.put("Status", record.state().word());
        state.put("Running", record.state().isAlive());
        state.put("Paused", record.state() == ContainerState.PAUSED);
        state.put("Restarting", record.state() == ContainerState.RESTARTING);
        state.put("OOMKilled", exit.map(RunExit::oomKilled).orElse(false));
        state.put("Dead", record.state() == ContainerState.DEAD);
        state.put("Pid", record.state().isAlive() ? run.map(Run::pid).orElse(0) : 0);
        state.put("ExitCode", exit.map(RunExit::code).orElse(record.startExitCode()));
        state.put("Error", record.startError().isEmpty()
                ? exit.map(RunExit::reason).orElse("") : record.startError());
        state.put("StartedAt", run.map(each -> each.startedAt().toString()).orElse(NEVER));
        state.put("FinishedAt", exit.map(each -> each.finishedAt().toString()).orElse(NEVER));
        health.ifPresent(each -> health(state.putObject("Health"), each));
    }

    private static void health(ObjectNode object, Health health) {
        object.put("Status", health.status().word());
        object.put("FailingStreak", health.failingStreak());
        ArrayNode log = object.putArray("Log");
        health.log().forEach(probe -> log.addObject().put("Start", probe.startedAt().toString())
                .put("End", probe.endedAt().toString()).put("ExitCode", probe.exitCode())
                .put("Output", probe.output()));
    }

    private static void check(ObjectNode object, HealthCheck check) {
        ArrayNode test = object.putArray("Test");
        test.add(switch (check.kind()) {
            case COMMAND -> "CMD";
            case HTTP -> "HTTP";
            case TCP -> "TCP";
        });
        check.test().forEach(test::add);
        object.put("Interval", check.intervalNanos()).put("Timeout", check.timeoutNanos())
                .put("StartPeriod", check.startPeriodNanos())
                .put("StartInterval", check.startIntervalNanos()).put("Retries", check.retries());
    }

    private void hostConfig(ObjectNode host) {
        ContainerOptions.Limits limits = options.limits();
        strings(host.putArray("Binds"), options.mounts().stream()
                .filter(mount -> mount.kind().isOnDisk())
                .map(mount -> mount.source() + ":" + mount.target()
                        + (mount.readOnly() ? ":ro" : "")).toList());
        host.put("NetworkMode", ReplyTranslation.networkMode(record));
        NetworkJson.bindings(host.putObject("PortBindings"), options.network().ports());
        host.put("PublishAllPorts", options.network().publishAll());
        host.put("AutoRemove", options.autoRemove());
        host.putObject("RestartPolicy").put("Name", options.restartPolicy().kind().word())
                .put("MaximumRetryCount", options.restartPolicy().maxRetries());
        ObjectNode logging = host.putObject("LogConfig");
        logging.put("Type", options.logChoice().driver().word());
        ObjectNode logOptions = logging.putObject("Config");
        options.logChoice().options().forEach(logOptions::put);
        strings(host.putArray("CapAdd"), options.capabilitiesAdd());
        strings(host.putArray("CapDrop"), options.capabilitiesDrop());
        strings(host.putArray("Dns"), options.network().dns());
        strings(host.putArray("DnsOptions"), options.network().dnsOptions());
        strings(host.putArray("DnsSearch"), options.network().dnsSearch());
        strings(host.putArray("ExtraHosts"), options.network().hosts());
        strings(host.putArray("GroupAdd"), options.groupsAdd());
        host.put("IpcMode", orPrivate(options.namespaces().ipc()));
        host.put("PidMode", options.namespaces().pid());
        host.put("UTSMode", options.namespaces().uts());
        host.put("UsernsMode", record.userRange().isPresent() ? "" : "host");
        host.put("CgroupnsMode", orPrivate(options.namespaces().cgroup()));
        host.put("CgroupParent", options.cgroupParent());
        host.put("Privileged", options.privileged());
        host.put("ReadonlyRootfs", options.readOnlyRoot());
        host.put("ShmSize", options.shmSizeBytes() == 0 ? 64L << 20 : options.shmSizeBytes());
        host.put("OomScoreAdj", options.oomScoreAdjustment().orElse(0));
        host.put("Memory", limits.memoryBytes());
        host.put("MemoryReservation", limits.memoryReservationBytes());
        host.put("MemorySwap", limits.memorySwapBytes());
        host.put("OomKillDisable", limits.oomKillDisable());
        host.put("NanoCpus", limits.nanoCpus());
        host.put("CpuShares", limits.cpuShares());
        host.put("CpuPeriod", limits.cpuPeriodMicros());
        host.put("CpuQuota", limits.cpuQuotaMicros());
        host.put("CpusetCpus", limits.cpusetCpus());
        host.put("CpusetMems", limits.cpusetMems());
        host.put("BlkioWeight", limits.ioWeight());
        spec.flatMap(each -> each.linux().resources().pids().stream().boxed().findFirst())
                .ifPresent(pids -> host.put("PidsLimit", pids));
        ArrayNode ulimits = host.putArray("Ulimits");
        limits.ulimits().forEach(each -> ulimits.addObject().put("Name", each.name())
                .put("Soft", each.soft()).put("Hard", each.hard()));
        ArrayNode devices = host.putArray("Devices");
        ArrayNode requests = host.putArray("DeviceRequests");
        options.devices().forEach(each -> device(devices, requests, each));
        ObjectNode sysctls = host.putObject("Sysctls");
        options.sysctls().forEach(sysctls::put);
        spec.ifPresent(each -> {
            strings(host.putArray("MaskedPaths"), each.linux().maskedPaths());
            strings(host.putArray("ReadonlyPaths"), each.linux().readonlyPaths());
        });
    }

    private static void device(ArrayNode devices, ArrayNode requests,
            ContainerOptions.DeviceOption device) {
        if (device.isFile()) {
            devices.addObject().put("PathOnHost", device.hostPath())
                    .put("PathInContainer", device.containerPath())
                    .put("CgroupPermissions", device.permissions());
        } else if (!device.cdiName().isEmpty()) {
            requests.addObject().put("Driver", "cdi").putArray("DeviceIDs").add(device.cdiName());
        } else {
            requests.addObject().put("Driver", "cdi").put("Gpus", device.gpus());
        }
    }

    private static String orPrivate(String mode) {
        return mode.isEmpty() ? "private" : mode;
    }

    private void mounts(ArrayNode mounts) {
        for (ContainerOptions.MountOption mount : options.mounts()) {
            boolean volume = mount.kind() == ContainerOptions.MountKind.VOLUME;
            ObjectNode object = mounts.addObject()
                    .put("Type", mount.kind().name().toLowerCase(java.util.Locale.ROOT)
                            .replace("_", ""));
            if (volume) {
                object.put("Name", mount.source()).put("Driver", "local");
            }
            object.put("Source", volume ? folders.volume(mount.source()).toString()
                            : mount.source()).put("Destination", mount.target())
                    .put("Mode", "").put("RW", !mount.readOnly())
                    .put("Propagation", mount.propagation().isEmpty()
                            ? "rprivate" : mount.propagation());
        }
    }

    private void config(ObjectNode config) {
        config.put("Hostname", spec.flatMap(ContainerSpec::hostname).orElse(""));
        config.put("Domainname", options.domainName());
        config.put("User", options.user());
        config.put("Tty", options.terminal());
        config.put("OpenStdin", options.interactive());
        config.put("AttachStdin", options.interactive());
        strings(config.putArray("Env"),
                spec.map(each -> each.process().env()).orElse(options.env()));
        strings(config.putArray("Cmd"), record.command());
        config.put("Image", options.image());
        config.put("WorkingDir", spec.map(each -> each.process().cwd())
                .orElse(options.workingFolder()));
        NetworkJson.exposed(config, options.network());
        ObjectNode labels = config.putObject("Labels");
        record.labels().forEach(labels::put);
        config.put("StopSignal", linux.abi.Signal.describe(record.stopSignal()));
        record.health().ifPresent(check -> check(config.putObject("Healthcheck"), check));
        config.put("StopTimeout", options.stopTimeoutSeconds()
                .orElse(ContainerOptions.STANDARD_STOP_TIMEOUT_SECONDS));
    }

    private void network(ObjectNode network) {
        List<String> addresses = record.state().isAlive()
                ? record.run().map(Run::addresses).orElse(List.of()) : List.of();
        NetworkJson.settings(network, options.network(), endpoints,
                addresses.isEmpty() ? "" : addresses.getFirst());
    }

    private static void strings(ArrayNode array, List<String> values) {
        values.forEach(array::add);
    }
}
