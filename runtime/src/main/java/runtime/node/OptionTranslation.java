package runtime.node;

import api.function.Wish;
import api.node.CreateContainerRequest;
import api.node.ExecOptions;
import api.node.TimeOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import runtime.container.ContainerException;
import runtime.container.ContainerOptions;
import runtime.container.HealthCheck;
import runtime.device.FunctionWish;
import runtime.device.ResourceRequest;
import runtime.forward.LogChoice;

/** What a client asks of a container, from the wire to our own words. */
final class OptionTranslation {
    private OptionTranslation() {}

    /**
     * The options.
     *
     * @param standard what becomes of the output of one that says nothing of it
     * @throws ContainerException if a field holds a value this version does not know
     */
    static ContainerOptions container(CreateContainerRequest request, LogChoice standard)
            throws ContainerException {
        return new ContainerOptions(
                request.getImage(),
                request.getArgsList(),
                request.hasEntrypoint()
                        ? Optional.of(List.copyOf(request.getEntrypoint().getWordsList()))
                        : Optional.empty(),
                request.getEnvList(),
                request.getWorkingDir(),
                request.getUser(),
                request.getTty(),
                request.getInteractive(),
                request.getName(),
                request.getHostname(),
                request.getDomainName(),
                request.getLabelsMap(),
                request.getAnnotationsMap(),
                mounts(request.getMountsList()),
                request.getReadOnlyRoot(),
                request.getCapAddList(),
                request.getCapDropList(),
                security(request.getSecurity()),
                limits(request.getResources()),
                devices(request),
                request.getDeviceCgroupRulesList(),
                NetworkTranslation.options(request),
                new ContainerOptions.Namespaces(request.getUsernsMode(), request.getPidMode(),
                        request.getIpcMode(), request.getUtsMode(), request.getCgroupnsMode()),
                request.getPrivileged(),
                request.getInit(),
                request.getStopSignal(),
                request.hasStopTimeoutSeconds()
                        ? OptionalInt.of(request.getStopTimeoutSeconds()) : OptionalInt.empty(),
                request.getAutoRemove(),
                request.getIsolateList(),
                request.getShmSizeBytes(),
                request.getSysctlsMap(),
                request.hasOomScoreAdj()
                        ? OptionalInt.of(request.getOomScoreAdj()) : OptionalInt.empty(),
                request.getGroupAddList(),
                request.getCgroupParent(),
                timeOffsets(request.getTimeOffsetsList()),
                request.getRestart(),
                request.hasHealth() ? Optional.of(health(request.getHealth())) : Optional.empty(),
                logging(request, standard),
                request.getLeased(),
                request.getResourceRequestsList().stream().map(OptionTranslation::resource).toList(),
                request.getExclusiveCpus(),
                request.getNuma());
    }

    private static ResourceRequest resource(api.node.ResourceRequest request) {
        Wish wish = request.getWish();
        return new ResourceRequest(request.getName(), Math.max(1, request.getCount()), request.getInterfaceName(), request.getAddressesList(),
                new FunctionWish(wish.hasMac() ? Optional.of(wish.getMac()) : Optional.empty(), number(wish.hasVlan(), wish.getVlan()),
                        number(wish.hasVlanQos(), wish.getVlanQos()), wish.getVlanProto(),
                        number(wish.hasMinTxRateMegabit(), wish.getMinTxRateMegabit()),
                        number(wish.hasMaxTxRateMegabit(), wish.getMaxTxRateMegabit()),
                        wish.hasSpoofCheck() ? Optional.of(wish.getSpoofCheck()) : Optional.empty(),
                        wish.hasTrust() ? Optional.of(wish.getTrust()) : Optional.empty(), wish.getLinkState(),
                        number(wish.hasMtuBytes(), wish.getMtuBytes())), request.getOptional());
    }

    private static OptionalInt number(boolean present, int value) {
        return present ? OptionalInt.of(value) : OptionalInt.empty();
    }

    private static Optional<LogChoice> logging(CreateContainerRequest request, LogChoice standard)
            throws ContainerException {
        if (request.getLogDriver().isEmpty() && request.getLogOptionsCount() == 0
                && standard.equals(LogChoice.OWN)) {
            return Optional.empty();
        }
        try {
            return Optional.of(LogChoice.of(request.getLogDriver(), request.getLogOptionsMap(),
                    standard));
        } catch (IllegalArgumentException refused) {
            throw new ContainerException(ContainerException.Reason.INVALID_OPTION,
                    refused.getMessage(), 125, null);
        }
    }

    private static List<ContainerOptions.DeviceOption> devices(CreateContainerRequest request) {
        List<ContainerOptions.DeviceOption> devices = new ArrayList<>();
        request.getDevicesList().forEach(device -> devices.add(ContainerOptions.DeviceOption.file(
                device.getHostPath(), device.getContainerPath(), device.getPermissions())));
        request.getCdiDevicesList().forEach(name ->
                devices.add(ContainerOptions.DeviceOption.cdi(name)));
        if (!request.getGpus().isEmpty()) {
            devices.add(ContainerOptions.DeviceOption.gpus(request.getGpus()));
        }
        return devices;
    }

    private static HealthCheck.Options health(api.node.HealthOptions health) {
        return new HealthCheck.Options(health.getDisabled(), health.getCommand(), health.getHttp(),
                health.getTcp(), health.getIntervalNanos(), health.getTimeoutNanos(),
                health.getStartPeriodNanos(), health.getStartIntervalNanos(),
                health.hasRetries() ? OptionalInt.of(health.getRetries()) : OptionalInt.empty());
    }

    private static Map<String, Long> timeOffsets(List<TimeOffset> given) {
        Map<String, Long> offsets = new TreeMap<>();
        for (TimeOffset offset : given) {
            offsets.put(offset.getClock(), offset.getSeconds());
        }
        return offsets;
    }

    /** A further process's options. */
    static runtime.container.ExecOptions exec(ExecOptions options) {
        return new runtime.container.ExecOptions(options.getArgsList(), options.getTty(),
                options.getInteractive(), options.getEnvList(), options.getWorkingDir(),
                options.getUser(), options.getPrivileged());
    }

    private static List<ContainerOptions.MountOption> mounts(List<api.node.Mount> mounts)
            throws ContainerException {
        List<ContainerOptions.MountOption> translated = new ArrayList<>();
        for (api.node.Mount mount : mounts) {
            translated.add(new ContainerOptions.MountOption(
                    switch (mount.getKind()) {
                        case BIND -> ContainerOptions.MountKind.BIND;
                        case TMPFS -> ContainerOptions.MountKind.TMPFS;
                        case VOLUME -> ContainerOptions.MountKind.VOLUME;
                        case HUGE_PAGES -> ContainerOptions.MountKind.HUGE_PAGES;
                        case UNRECOGNIZED -> throw unknown("kind of mount");
                    },
                    mount.getSource(), mount.getTarget(), mount.getReadOnly(),
                    switch (mount.getPropagation()) {
                        case PROPAGATION_DEFAULT -> "";
                        case PRIVATE -> "private";
                        case RPRIVATE -> "rprivate";
                        case SHARED -> "shared";
                        case RSHARED -> "rshared";
                        case SLAVE -> "slave";
                        case RSLAVE -> "rslave";
                        case UNRECOGNIZED -> throw unknown("mount propagation");
                    },
                    mount.getCreateSource(), !mount.getNotRecursive(),
                    mount.getKind() == api.node.Mount.Kind.HUGE_PAGES
                            ? mount.getHugePagesBytes() : mount.getTmpfsSizeBytes(),
                    mount.hasTmpfsMode() ? OptionalInt.of(mount.getTmpfsMode())
                            : OptionalInt.empty(),
                    mount.getTmpfsOptionsList(), mount.getVolumeNoCopy()));
        }
        return translated;
    }

    private static ContainerOptions.Security security(api.node.SecurityOptions security) {
        return new ContainerOptions.Security(
                security.hasNoNewPrivileges() ? Optional.of(security.getNoNewPrivileges())
                        : Optional.empty(),
                security.getSeccompUnconfined(), security.getSeccompProfileJson(),
                security.getApparmorProfile(), security.getSelinuxLabelsList(),
                security.getSystemPathsUnconfined());
    }

    static ContainerOptions.Limits limits(api.node.Resources resources)
            throws ContainerException {
        List<ContainerOptions.IoRate> rates = new ArrayList<>();
        for (api.node.IoLimit limit : resources.getIoLimitsList()) {
            rates.add(new ContainerOptions.IoRate(
                    switch (limit.getKind()) {
                        case READ_BYTES_PER_SECOND -> ContainerOptions.IoRateKind.READ_BYTES;
                        case WRITE_BYTES_PER_SECOND -> ContainerOptions.IoRateKind.WRITE_BYTES;
                        case READ_OPERATIONS_PER_SECOND ->
                                ContainerOptions.IoRateKind.READ_OPERATIONS;
                        case WRITE_OPERATIONS_PER_SECOND ->
                                ContainerOptions.IoRateKind.WRITE_OPERATIONS;
                        case UNRECOGNIZED -> throw unknown("kind of device limit");
                    },
                    limit.getDevicePath(), limit.getLimit()));
        }
        return new ContainerOptions.Limits(
                resources.getMemoryLimitBytes(),
                resources.getMemorySwapLimitBytes(),
                resources.getMemoryReservationBytes(),
                resources.hasMemorySwappiness()
                        ? OptionalInt.of(resources.getMemorySwappiness()) : OptionalInt.empty(),
                resources.getOomKillDisable(),
                resources.getNanoCpus(),
                resources.getCpuShares(),
                resources.getCpuPeriodMicros(),
                resources.getCpuQuotaMicros(),
                resources.getCpusetCpus(),
                resources.getCpusetMems(),
                resources.hasPidsLimit()
                        ? OptionalLong.of(resources.getPidsLimit()) : OptionalLong.empty(),
                resources.getIoWeight(),
                rates,
                resources.getHugetlbLimitsList().stream()
                        .map(limit -> new ContainerOptions.HugetlbLimit(
                                limit.getPageSizeBytes(), limit.getLimitBytes())).toList(),
                resources.getUlimitsList().stream()
                        .map(limit -> new ContainerOptions.Ulimit(
                                limit.getName(), limit.getSoft(), limit.getHard())).toList());
    }

    private static ContainerException unknown(String what) {
        return new ContainerException(ContainerException.Reason.UNSUPPORTED,
                "the client asks for a " + what + " this daemon does not know; update the daemon");
    }
}
