package cli.command;

import static runtime.device.ResourceRequest.EXCLUSIVE_CPUS;

import api.cluster.Placement;
import api.cluster.ServiceEndpoint;
import api.cluster.ServiceSpec;
import api.cluster.TaskTemplate;
import api.node.CreateContainerRequest;
import api.node.HealthOptions;
import api.node.ResourceRequest;
import api.node.Resources;
import api.node.SecurityOptions;
import api.node.Ulimit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A service's spec taken apart into what options are about, so that what one of them said can be forgotten. */
final class ServiceParts {
    final ServiceSpec.Builder spec;
    final TaskTemplate.Builder task;
    final Placement.Builder placement;
    final CreateContainerRequest.Builder options;
    private final api.cluster.Resources.Builder reservation;
    private final Resources.Builder limits;
    private final HealthOptions.Builder health;

    ServiceParts(ServiceSpec whole) {
        spec = whole.toBuilder();
        task = whole.getTask().toBuilder();
        placement = task.getPlacement().toBuilder();
        reservation = task.getReservation().toBuilder();
        options = task.getContainer().getOptions().toBuilder();
        limits = options.getResources().toBuilder();
        health = options.getHealth().toBuilder();
    }

    /** The spec again. */
    ServiceSpec.Builder whole() {
        options.setResources(limits);
        if (options.hasHealth()) {
            options.setHealth(health);
        }
        task.setPlacement(placement).setReservation(reservation);
        task.setContainer(task.getContainer().toBuilder().setOptions(options));
        return spec.setTask(task);
    }

    /** The amounts of other names, to be removed one by one. */
    void removeReserved(String name) {
        reservation.removeNamed(name);
    }

    /**
     * Removes the devices that plug-ins offer under a name, and what is reserved of it: of those that stay, the
     * manager reserves what they are.
     *
     * @param name DOMAIN/NAME; "" = all of them
     */
    void removeDevices(String name) {
        List<ResourceRequest> kept = new ArrayList<>();
        for (ResourceRequest each : options.getResourceRequestsList()) {
            if (name.isEmpty() || name.equals(each.getName())) {
                reservation.removeNamed(each.getName());
            } else {
                kept.add(each);
            }
        }
        options.clearResourceRequests().addAllResourceRequests(kept);
    }

    /** What is reserved of a device's name is said anew by the manager. */
    void recountDevices(String name) {
        for (ResourceRequest each : options.getResourceRequestsList()) {
            if (name.equals(each.getName())) {
                reservation.removeNamed(name);
            }
        }
    }

    /** Removes the limit of that name. */
    void removeUlimit(String name) {
        List<Ulimit> kept = new ArrayList<>(limits.getUlimitsList());
        kept.removeIf(each -> each.getName().equals(name));
        limits.clearUlimits().addAllUlimits(kept);
    }

    /**
     * Forgets what an option said. Numbers that are always written when they are said need no forgetting, and
     * capabilities and groups are added to those there are, as docker does.
     */
    void forget(String option) {
        switch (option) {
            case "label" -> spec.clearLabels();
            case "secret" -> task.clearSecrets();
            case "config" -> task.clearConfigs();
            case "publish" -> {
                task.clearHostPorts();
                options.clearPorts();
                endpoint(ServiceEndpoint.Builder::clearPorts);
            }
            case "endpoint-mode" -> endpoint(ServiceEndpoint.Builder::clearMode);
            case "balance" -> endpoint(ServiceEndpoint.Builder::clearChoice);
            case "prefer-local" -> endpoint(ServiceEndpoint.Builder::clearPreferLocal);
            case "srv" -> endpoint(ServiceEndpoint.Builder::clearNamed);
            case "constraint" -> placement.clearConstraints();
            case "placement-pref" -> placement.clearSpread().clearBinpack();
            case "affinity" -> forgetAffinities(false);
            case "anti-affinity" -> forgetAffinities(true);
            case "platform" -> {
                placement.clearPlatforms();
                options.clearPlatform();
            }
            case "generic-resource", "reserve" -> reservation.clearNamed();
            default -> {
                if (option.startsWith("health-") || option.equals("no-healthcheck")) {
                    forgetHealth(option);
                } else if (!forgetLimit(option) && !forgetIsolation(option)) {
                    forgetOption(option);
                }
            }
        }
    }

    /** Changes how it is reached; what says nothing is left out. */
    void endpoint(Consumer<ServiceEndpoint.Builder> change) {
        ServiceEndpoint.Builder endpoint = spec.getEndpoint().toBuilder();
        change.accept(endpoint);
        if (endpoint.build().equals(ServiceEndpoint.getDefaultInstance())) {
            spec.clearEndpoint();
        } else {
            spec.setEndpoint(endpoint);
        }
    }

    private void forgetAffinities(boolean apart) {
        Placement kept = placement.build();
        placement.clearAffinities();
        for (api.cluster.Affinity affinity : kept.getAffinitiesList()) {
            if (affinity.getApart() != apart) {
                placement.addAffinities(affinity);
            }
        }
    }

    private void forgetHealth(String option) {
        switch (option) {
            case "no-healthcheck" -> health.clear();
            case "health-cmd", "health-http", "health-tcp" ->
                    health.clearDisabled().clearCommand().clearHttp().clearTcp();
            case "health-interval" -> health.clearIntervalNanos();
            case "health-timeout" -> health.clearTimeoutNanos();
            case "health-start-period" -> health.clearStartPeriodNanos();
            case "health-start-interval" -> health.clearStartIntervalNanos();
            default -> { }
        }
    }

    /** Whether it was a limit's. */
    private boolean forgetLimit(String option) {
        switch (option) {
            case "memory", "limit-memory" -> limits.clearMemoryLimitBytes();
            case "memory-swap" -> limits.clearMemorySwapLimitBytes();
            case "memory-reservation" -> limits.clearMemoryReservationBytes();
            case "memory-swappiness" -> limits.clearMemorySwappiness();
            case "oom-kill-disable" -> limits.clearOomKillDisable();
            case "cpus", "limit-cpu" -> limits.clearNanoCpus();
            case "cpu-shares" -> limits.clearCpuShares();
            case "cpu-period" -> limits.clearCpuPeriodMicros();
            case "cpu-quota" -> limits.clearCpuQuotaMicros();
            case "cpuset-cpus" -> limits.clearCpusetCpus();
            case "cpuset-mems" -> limits.clearCpusetMems();
            case "blkio-weight" -> limits.clearIoWeight();
            case "device-read-bps", "device-write-bps", "device-read-iops", "device-write-iops" ->
                    limits.clearIoLimits();
            case "hugetlb" -> limits.clearHugetlbLimits();
            case "ulimit" -> limits.clearUlimits();
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Whether it was one of what a container is cut off from. */
    private boolean forgetIsolation(String option) {
        switch (option) {
            case "security-opt" -> options.setSecurity(SecurityOptions.getDefaultInstance());
            case "privileged" -> options.clearPrivileged();
            case "read-only" -> options.clearReadOnlyRoot();
            case "userns" -> options.clearUsernsMode();
            case "pid" -> options.clearPidMode();
            case "ipc" -> options.clearIpcMode();
            case "uts" -> options.clearUtsMode();
            case "cgroupns" -> options.clearCgroupnsMode();
            case "cgroup-parent" -> options.clearCgroupParent();
            case "isolate" -> options.clearIsolate();
            case "time-offset" -> options.clearTimeOffsets();
            case "sysctl" -> options.clearSysctls();
            case "device" -> options.clearDevices().clearCdiDevices();
            case "device-cgroup-rule" -> options.clearDeviceCgroupRules();
            case "gpus" -> options.clearGpus();
            case "resource" -> removeDevices("");
            case "exclusive-cpus" -> {
                options.clearExclusiveCpus();
                reservation.removeNamed(EXCLUSIVE_CPUS);
            }
            case "numa" -> options.clearNuma();
            case "volume", "mount", "tmpfs", "hugepages" -> options.clearMounts();
            case "shm-size" -> options.clearShmSizeBytes();
            case "network", "net", "network-alias" -> options.clearNetworkMode().clearNetworks();
            default -> {
                return false;
            }
        }
        return true;
    }

    private void forgetOption(String option) {
        switch (option) {
            case "args" -> options.clearArgs();
            case "env", "env-file" -> options.clearEnv();
            case "entrypoint" -> options.clearEntrypoint();
            case "workdir" -> options.clearWorkingDir();
            case "user" -> options.clearUser();
            case "group" -> options.clearGroupAdd();
            case "init" -> options.clearInit();
            case "tty" -> options.clearTty();
            case "stop-signal" -> options.clearStopSignal();
            case "hostname" -> options.clearHostname();
            case "domainname" -> options.clearDomainName();
            case "dns" -> options.clearDns();
            case "dns-search" -> options.clearDnsSearch();
            case "dns-option" -> options.clearDnsOptions();
            case "add-host", "host" -> options.clearAddHosts();
            case "expose" -> options.clearExpose();
            case "container-label", "label-file" -> options.clearLabels();
            case "annotation" -> options.clearAnnotations();
            case "log-driver" -> options.clearLogDriver().clearLogOptions();
            case "log-opt" -> options.clearLogOptions();
            case "pull" -> options.clearPullPolicy();
            case "with-registry-auth" -> options.clearAuth();
            default -> { }
        }
    }
}
