package clusterd.compose;

import clusterd.compose.ComposePrinter.Fields;
import clusterd.model.Mode;
import clusterd.model.RestartPolicy;
import clusterd.model.ServiceEndpoint;
import clusterd.model.UpdatePolicy;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import runtime.device.ResourceRequest;
import runtime.device.ResourceWords;

/** One service in the long form. */
final class ServicePrinter {
    private final ComposeService service;

    ServicePrinter(ComposeService service) {
        this.service = service;
    }

    Map<String, Object> print() {
        Fields fields = new Fields().put("image", service.image());
        program(fields, service.program());
        isolation(fields, service.isolation());
        links(fields, service.links());
        mounts(fields);
        fields.put("secrets", service.secrets().stream().map(ServicePrinter::file).toList());
        fields.put("configs", service.configs().stream().map(ServicePrinter::file).toList());
        limits(fields, service.limits());
        service.health().ifPresent(health -> fields.say("healthcheck", health(health)));
        fields.put("labels", service.labels()).put("annotations", service.annotations());
        fields.put("logging", new Fields().put("driver", service.logDriver()).put("options", service.logOptions()));
        fields.put("platform", service.platform()).put("pull_policy", service.pullPolicy());
        Map<String, Object> dependencies = new LinkedHashMap<>();
        service.dependencies().forEach(each -> dependencies.put(each.service(), new Fields()
                .put("condition", each.condition().word()).put("restart", each.restart())
                .say("required", each.required()).map()));
        fields.put("depends_on", dependencies).put("profiles", service.profiles());
        return fields.put("deploy", deploy()).put("x-jctl", own()).map();
    }

    private static void program(Fields fields, Program program) {
        program.command().ifPresent(words -> fields.say("command", words));
        program.entrypoint().ifPresent(words -> fields.say("entrypoint", words));
        fields.put("environment", program.environment()).put("working_dir", program.workingDirectory())
                .put("user", program.user()).put("group_add", program.groups()).put("tty", program.terminal())
                .put("stdin_open", program.standardInput()).put("init", program.init())
                .put("stop_signal", program.stopSignal());
        program.stopSeconds().ifPresent(seconds -> fields.say("stop_grace_period", seconds + "s"));
    }

    private static void isolation(Fields fields, Isolation isolation) {
        List<Object> devices = new ArrayList<>();
        isolation.devices().forEach(each -> devices.add(new Fields().put("source", each.hostPath())
                .put("target", each.containerPath()).put("permissions", each.permissions())));
        devices.addAll(isolation.cdiDevices());
        fields.put("read_only", isolation.readOnlyRoot()).put("privileged", isolation.privileged())
                .put("cap_add", isolation.capAdd()).put("cap_drop", isolation.capDrop())
                .put("security_opt", isolation.securityOptions()).put("sysctls", isolation.sysctls())
                .put("devices", devices).put("device_cgroup_rules", isolation.deviceRules())
                .put("pid", isolation.pid()).put("ipc", isolation.ipc()).put("uts", isolation.uts())
                .put("userns_mode", isolation.userNamespace()).put("cgroup", isolation.cgroupNamespace())
                .put("cgroup_parent", isolation.cgroupParent()).put("shm_size", isolation.sharedMemoryBytes());
        isolation.oomScore().ifPresent(score -> fields.say("oom_score_adj", score));
        String gpus = isolation.gpus();
        if (gpus.startsWith("device=")) {
            fields.put("gpus", List.of(new Fields().put("device_ids",
                    List.of(gpus.substring("device=".length()).split(",")))));
        } else if (!gpus.isEmpty()) {
            fields.put("gpus", gpus.equals("all") ? gpus : List.of(new Fields().put("count", gpus)));
        }
    }

    private static void links(Fields fields, Links links) {
        Map<String, Object> networks = new LinkedHashMap<>();
        links.networks().forEach(use -> networks.put(use.network(), new Fields().put("aliases", use.aliases())
                .put("ipv4_address", use.ipv4Address()).put("ipv6_address", use.ipv6Address())
                .put("priority", use.priority()).put("interface_name", use.interfaceName()).map()));
        fields.put("hostname", links.hostname()).put("domainname", links.domainName())
                .put("network_mode", links.mode()).put("networks", networks)
                .put("ports", links.ports().stream().map(ServicePrinter::port).toList())
                .put("expose", links.expose()).put("dns", links.dns()).put("dns_search", links.dnsSearch())
                .put("dns_opt", links.dnsOptions()).put("extra_hosts", links.extraHosts());
    }

    private static Fields port(ServicePort port) {
        return new Fields().put("mode", port.onNode() ? "host" : "ingress").put("host_ip", port.hostAddress())
                .put("target", port.containerPort()).put("published", port.published())
                .put("protocol", port.protocol());
    }

    private void mounts(Fields fields) {
        fields.put("volumes", service.mounts().stream().filter(mount -> mount.options().isEmpty())
                .map(ServicePrinter::mount).toList());
        fields.put("tmpfs", service.mounts().stream().filter(mount -> !mount.options().isEmpty())
                .map(ServicePrinter::tmpfs).toList());
    }

    private static Fields mount(ServiceMount mount) {
        Fields fields = new Fields().put("type", mount.kind().name().toLowerCase(Locale.ROOT))
                .put("source", mount.source()).put("target", mount.target()).put("read_only", mount.readOnly());
        Fields inner = new Fields();
        switch (mount.kind()) {
            case BIND -> fields.put("bind", inner.put("propagation", mount.propagation())
                    .say("create_host_path", mount.createSource())
                    .put("recursive", mount.recursive() ? "" : "disabled"));
            case VOLUME -> fields.put("volume", inner.put("nocopy", !mount.copy()));
            case TMPFS -> {
                inner.put("size", mount.sizeBytes());
                mount.mode().ifPresent(mode -> inner.say("mode", octal(mode)));
                fields.put("tmpfs", inner);
            }
        }
        return fields;
    }

    private static String tmpfs(ServiceMount mount) {
        StringBuilder text = new StringBuilder(mount.target()).append(':').append(String.join(",", mount.options()));
        text.append(mount.readOnly() ? ",ro" : "");
        text.append(mount.sizeBytes() > 0 ? ",size=" + mount.sizeBytes() : "");
        mount.mode().ifPresent(mode -> text.append(",mode=").append(octal(mode)));
        return text.toString();
    }

    private static String octal(int mode) {
        return "0" + Integer.toOctalString(mode);
    }

    private static Fields file(FileUse use) {
        return new Fields().put("source", use.source()).put("target", use.target()).put("uid", use.userId())
                .put("gid", use.groupId()).say("mode", octal(use.mode()));
    }

    private static void limits(Fields fields, Limits limits) {
        fields.put("memswap_limit", limits.swapBytes()).put("cpu_shares", limits.cpuShares())
                .put("cpu_period", limits.cpuPeriodMicros()).put("cpu_quota", limits.cpuQuotaMicros())
                .put("cpuset", limits.cpuset()).put("oom_kill_disable", limits.spareFromOom());
        limits.swappiness().ifPresent(share -> fields.say("mem_swappiness", share));
        Fields io = new Fields().put("weight", limits.ioWeight());
        for (Limits.IoKind kind : Limits.IoKind.values()) {
            io.put(kind.name().toLowerCase(Locale.ROOT), limits.io().stream().filter(each -> each.kind() == kind)
                    .map(each -> new Fields().put("path", each.path()).say("rate", each.rate())).toList());
        }
        Map<String, Object> ulimits = new LinkedHashMap<>();
        limits.ulimits().forEach((name, range) -> ulimits.put(name, new Fields().say("soft", range.soft())
                .say("hard", range.hard()).map()));
        fields.put("blkio_config", io).put("ulimits", ulimits);
    }

    private static Fields health(Health health) {
        Fields fields = new Fields().put("test", health.test()).put("disable", health.disabled())
                .put("interval", millis(health.intervalMillis())).put("timeout", millis(health.timeoutMillis()))
                .put("start_period", millis(health.startPeriodMillis()))
                .put("start_interval", millis(health.startIntervalMillis()));
        health.retries().ifPresent(retries -> fields.say("retries", retries));
        return fields;
    }

    private static String millis(long millis) {
        return millis == 0 ? "" : span(millis);
    }

    private static String span(long millis) {
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }

    private static String decimal(long amount, long scale) {
        return amount == 0 ? "" : BigDecimal.valueOf(amount).divide(BigDecimal.valueOf(scale))
                .stripTrailingZeros().toPlainString();
    }

    /** No Compose file is read as such a mode. */
    private static IllegalStateException noCompose() {
        return new IllegalStateException("a Compose file says nothing of sites, but the service has replicas per site");
    }

    private Fields deploy() {
        Fields deploy = new Fields();
        switch (service.mode()) {
            case Mode.Replicated mode -> deploy.put("mode", "replicated").say("replicas", mode.replicas());
            case Mode.Global mode -> deploy.put("mode", "global");
            case Mode.GlobalJob mode -> deploy.put("mode", "global-job");
            case Mode.PerSite mode -> throw noCompose();
            case Mode.Job mode -> deploy.put("mode", "replicated-job").put("replicas", mode.completions());
            case Mode.Cron mode -> deploy.put("mode", "replicated-job").put("replicas", mode.job().completions());
        }
        Limits limits = service.limits();
        Fields most = new Fields().put("cpus", decimal(limits.nanoCpus(), 1_000_000_000))
                .put("memory", limits.memoryBytes());
        limits.pids().ifPresent(pids -> most.say("pids", pids));
        Fields least = new Fields().put("cpus", decimal(service.reservation().cpuMillis(), 1000))
                .put("memory", service.reservation().memoryBytes()).put("pids", service.reservation().pids())
                .put("generic_resources", counted());
        Fields placement = new Fields()
                .put("constraints", service.placement().constraints().stream().map(Object::toString).toList())
                .put("preferences", service.placement().spread().stream()
                        .map(each -> new Fields().put("spread", each)).toList())
                .put("max_replicas_per_node", service.placement().maxPerNode());
        return deploy.put("labels", service.serviceLabels())
                .put("endpoint_mode", service.endpoint().mode() == ServiceEndpoint.Mode.VIRTUAL ? "vip" : "dnsrr")
                .put("resources", new Fields().put("limits", most).put("reservations", least))
                .put("placement", placement).put("restart_policy", restart(service.restart()))
                .put("update_config", policy(service.update())).put("rollback_config", policy(service.rollback()));
    }

    private static Fields restart(RestartPolicy policy) {
        return new Fields().put("condition", policy.condition().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .say("delay", span(policy.delayMillis())).put("max_attempts", policy.maxAttempts())
                .put("window", millis(policy.windowMillis()));
    }

    private static Fields policy(UpdatePolicy policy) {
        if (policy.equals(UpdatePolicy.STANDARD)) {
            return new Fields();
        }
        return new Fields().say("parallelism", policy.parallelism()).say("delay", span(policy.delayMillis()))
                .put("order", policy.startFirst() ? "start-first" : "stop-first")
                .say("monitor", span(policy.monitorMillis()))
                .put("failure_action", policy.failureAction().name().toLowerCase(Locale.ROOT))
                .say("max_failure_ratio", policy.maxFailurePercent() == 0 ? "0"
                        : decimal(policy.maxFailurePercent(), 100));
    }

    private List<ResourceRequest> devices() {
        return service.isolation().resources();
    }

    /** Beside a list of devices, which is where names stand otherwise. */
    private List<Fields> counted() {
        Map<String, Long> rest = new TreeMap<>(service.reservation().named());
        devices().forEach(each -> rest.remove(each.resource()));
        return devices().isEmpty() ? List.of() : rest.entrySet().stream().map(each -> new Fields()
                .put("discrete_resource_spec", new Fields().put("kind", each.getKey()).say("value", each.getValue()))).toList();
    }

    private Fields own() {
        Fields own = new Fields().put("project", service.project()).put("priority", service.priority())
                .put("binpack", service.placement().binpack())
                .put("resources", devices().isEmpty() ? new TreeMap<>(service.reservation().named())
                        : devices().stream().map(ResourceWords::text).toList())
                .put("affinity", service.placement().affinities().stream().map(each -> new Fields()
                        .put("service", each.service()).put("apart", each.apart()).put("level", each.level())
                        .put("must", each.must())).toList())
                .put("balance", service.endpoint().choice() == ServiceEndpoint.Choice.RANDOM ? ""
                        : service.endpoint().choice().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .put("prefer_local", service.endpoint().preferLocal())
                .put("srv", service.endpoint().named().stream().map(Object::toString).toList());
        switch (service.mode()) {
            case Mode.Replicated mode -> own.put("unique", mode.unique());
            case Mode.Global mode -> { }
            case Mode.GlobalJob mode -> { }
            case Mode.PerSite mode -> throw noCompose();
            case Mode.Job mode -> own.put("parallelism", mode.parallelism());
            case Mode.Cron mode -> own.put("parallelism", mode.job().parallelism())
                    .put("schedule", mode.schedule()).put("concurrent", mode.concurrent());
        }
        return own;
    }
}
