package cli.command;

import api.cluster.Affinity;
import api.cluster.FileReference;
import api.cluster.EndpointPort;
import api.cluster.Mode;
import api.cluster.NamedPort;
import api.cluster.Placement;
import api.cluster.Platform;
import api.cluster.Resources;
import api.cluster.RestartPolicy;
import api.cluster.Service;
import api.cluster.ServiceEndpoint;
import api.cluster.ServiceSpec;
import api.cluster.ServiceView;
import api.cluster.SiteLoss;
import api.cluster.Standby;
import api.cluster.TaskTemplate;
import api.cluster.UpdatePolicy;
import api.node.CreateContainerRequest;
import api.node.Mount;
import api.node.PortRequest;
import api.node.ResourceRequest;
import cli.render.Times;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A service as docker's inspect shows one, with what docker has not under names of ours. */
final class ServiceFacts {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private ServiceFacts() {}

    static Map<String, Object> of(ServiceView view) {
        Service service = view.getService();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("ID", service.getId());
        facts.put("Version", object("Index", service.getVersion()));
        facts.put("CreatedAt", Times.stamp(service.getCreatedMillis() * NANOS_PER_MILLI));
        facts.put("UpdatedAt", Times.stamp(service.getUpdatedMillis() * NANOS_PER_MILLI));
        facts.put("Spec", spec(service.getSpec()));
        if (service.hasPrevious()) {
            facts.put("PreviousSpec", spec(service.getPrevious()));
        }
        facts.put("Endpoint", object("Ports", ports(service.getSpec())));
        if (service.getUpdate().getPhaseValue() != 0) {
            Map<String, Object> update = object("State", Convergence.phase(service.getUpdate().getPhaseValue()));
            update.put("StartedAt", Times.stamp(service.getUpdate().getStartedMillis() * NANOS_PER_MILLI));
            update.put("Message", service.getUpdate().getMessage());
            facts.put("UpdateStatus", update);
        }
        Map<String, Object> status = object("RunningTasks", (long) view.getRunning());
        status.put("DesiredTasks", (long) view.getWanted());
        status.put("CompletedTasks", (long) view.getCompleted());
        status.put("WaitingFor", view.getWaitingFor());
        facts.put("ServiceStatus", status);
        if (service.getLossesCount() > 0) {
            facts.put("SiteLosses", losses(service));
        }
        if (service.getScalingsCount() > 0) {
            facts.put("Scalings", AutoscalingFacts.scalings(service));
        }
        return facts;
    }

    private static Map<String, Object> spec(ServiceSpec spec) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("Name", spec.getName());
        facts.put("Labels", new TreeMap<String, Object>(spec.getLabelsMap()));
        facts.put("Project", spec.getProject());
        facts.put("Priority", spec.getPriority());
        facts.put("TaskTemplate", task(spec.getTask()));
        facts.put("Mode", mode(spec.getMode()));
        facts.put("UpdateConfig", policy(spec.getUpdate()));
        facts.put("RollbackConfig", policy(spec.getRollback()));
        Map<String, Object> endpoint = object("Mode", spec.getEndpoint().getModeValue() == 0 ? "vip" : "dnsrr");
        endpoint.put("Balance", spec.getEndpoint().getChoice().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        endpoint.put("PreferLocal", spec.getEndpoint().getPreferLocal());
        endpoint.put("Ports", ports(spec));
        endpoint.put("NamedPorts", named(spec.getEndpoint()));
        facts.put("EndpointSpec", endpoint);
        if (spec.hasAutoscaling()) {
            facts.put("Autoscaling", AutoscalingFacts.of(spec.getAutoscaling()));
        }
        return facts;
    }

    private static Map<String, Object> mode(Mode mode) {
        return switch (mode.getIsCase()) {
            case REPLICATED -> {
                Map<String, Object> replicated = object("Replicas", mode.getReplicated().getReplicas());
                replicated.put("Unique", mode.getReplicated().getUnique());
                yield object("Replicated", replicated);
            }
            case GLOBAL -> object("Global", new LinkedHashMap<>());
            case GLOBAL_JOB -> object("GlobalJob", new LinkedHashMap<>());
            case JOB -> object("ReplicatedJob", job(mode.getJob()));
            case CRON -> {
                Map<String, Object> cron = object("Schedule", mode.getCron().getSchedule());
                cron.putAll(job(mode.getCron().getJob()));
                cron.put("Overlap", mode.getCron().getConcurrent());
                yield object("Cron", cron);
            }
            case PER_SITE -> object("PerSite", perSite(mode.getPerSite()));
            case IS_NOT_SET -> new LinkedHashMap<>();
        };
    }

    private static Map<String, Object> perSite(Mode.PerSite mode) {
        Map<String, Object> facts = object("Replicas", mode.getReplicas());
        facts.put("Unique", mode.getUnique());
        facts.put("Sites", new ArrayList<Object>(mode.getSitesList()));
        if (mode.hasStandby()) {
            Standby standby = mode.getStandby();
            Map<String, Object> its = object("Site", standby.getSite());
            its.put("Replicas", standby.getReplicas());
            its.put("FailoverAfter", standby.getFailoverAfterMillis() * NANOS_PER_MILLI);
            its.put("FailbackAfter", standby.getFailbackAfterMillis() < 0 ? "never"
                    : standby.getFailbackAfterMillis() * NANOS_PER_MILLI);
            facts.put("Standby", its);
        }
        return facts;
    }

    private static List<Object> losses(Service service) {
        List<Object> losses = new ArrayList<>();
        for (SiteLoss each : service.getLossesList()) {
            Map<String, Object> loss = object("Site", each.getSite());
            loss.put("Phase", each.getPhase().name().toLowerCase(Locale.ROOT));
            loss.put("LostAt", Times.stamp(each.getLostMillis() * NANOS_PER_MILLI));
            loss.put("Since", Times.stamp(each.getSinceMillis() * NANOS_PER_MILLI));
            loss.put("Reason", each.getReason());
            losses.add(loss);
        }
        return losses;
    }

    private static Map<String, Object> job(Mode.Job job) {
        Map<String, Object> facts = object("MaxConcurrent", job.getParallelism());
        facts.put("TotalCompletions", job.getCompletions());
        return facts;
    }

    private static Map<String, Object> task(TaskTemplate task) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("ContainerSpec", container(task));
        facts.put("Resources", resources(task));
        facts.put("RestartPolicy", restart(task.getRestart()));
        facts.put("Placement", placement(task.getPlacement()));
        facts.put("ForceUpdate", task.getForce());
        return facts;
    }

    private static Map<String, Object> container(TaskTemplate task) {
        CreateContainerRequest options = task.getContainer().getOptions();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("Image", task.getContainer().getImage());
        facts.put("Labels", new TreeMap<String, Object>(options.getLabelsMap()));
        if (options.hasEntrypoint()) {
            facts.put("Command", new ArrayList<Object>(options.getEntrypoint().getWordsList()));
        }
        facts.put("Args", new ArrayList<Object>(options.getArgsList()));
        facts.put("Hostname", options.getHostname());
        facts.put("Env", new ArrayList<Object>(options.getEnvList()));
        facts.put("Dir", options.getWorkingDir());
        facts.put("User", options.getUser());
        facts.put("Groups", new ArrayList<Object>(options.getGroupAddList()));
        facts.put("TTY", options.getTty());
        facts.put("Init", options.getInit());
        facts.put("ReadOnly", options.getReadOnlyRoot());
        facts.put("Privileged", options.getPrivileged());
        List<Object> mounts = new ArrayList<>();
        for (Mount mount : options.getMountsList()) {
            Map<String, Object> one = object("Type", mount.getKind().name().toLowerCase(Locale.ROOT));
            one.put("Source", mount.getSource());
            one.put("Target", mount.getTarget());
            mounts.add(one);
        }
        facts.put("Mounts", mounts);
        List<Object> devices = new ArrayList<>();
        for (ResourceRequest request : options.getResourceRequestsList()) {
            devices.add(ResourceFlags.word(request));
        }
        facts.put("Resources", devices);
        facts.put("StopSignal", options.getStopSignal());
        if (options.hasStopTimeoutSeconds()) {
            facts.put("StopGracePeriod", options.getStopTimeoutSeconds() * 1_000_000_000L);
        }
        facts.put("Hosts", new ArrayList<Object>(options.getAddHostsList()));
        facts.put("DNS", new ArrayList<Object>(options.getDnsList()));
        facts.put("Network", options.getNetworkMode());
        facts.put("CapabilityAdd", new ArrayList<Object>(options.getCapAddList()));
        facts.put("CapabilityDrop", new ArrayList<Object>(options.getCapDropList()));
        facts.put("Sysctls", new TreeMap<String, Object>(options.getSysctlsMap()));
        facts.put("LogDriver", options.getLogDriver());
        facts.put("Secrets", files("Secret", task.getSecretsList()));
        facts.put("Configs", files("Config", task.getConfigsList()));
        return facts;
    }

    private static List<Object> files(String noun, List<FileReference> references) {
        List<Object> files = new ArrayList<>();
        for (FileReference reference : references) {
            Map<String, Object> file = object("Name", reference.getTarget());
            file.put("UID", Long.toString(reference.getUserId()));
            file.put("GID", Long.toString(reference.getGroupId()));
            file.put("Mode", reference.getMode());
            Map<String, Object> one = object("File", file);
            one.put(noun + "Name", reference.getName());
            files.add(one);
        }
        return files;
    }

    private static Map<String, Object> resources(TaskTemplate task) {
        api.node.Resources limits = task.getContainer().getOptions().getResources();
        Map<String, Object> limit = object("NanoCPUs", limits.getNanoCpus());
        limit.put("MemoryBytes", limits.getMemoryLimitBytes());
        limit.put("Pids", limits.getPidsLimit());
        Map<String, Object> facts = object("Limits", limit);
        facts.put("Reservations", amounts(task.getReservation()));
        return facts;
    }

    /** Amounts with docker's names. */
    static Map<String, Object> amounts(Resources resources) {
        Map<String, Object> amounts = object("NanoCPUs", resources.getCpuMillis() * NANOS_PER_MILLI);
        amounts.put("MemoryBytes", resources.getMemoryBytes());
        amounts.put("Pids", resources.getPids());
        List<Object> generic = new ArrayList<>();
        new TreeMap<>(resources.getNamedMap()).forEach((kind, value) -> {
            Map<String, Object> discrete = object("Kind", kind);
            discrete.put("Value", value);
            generic.add(object("DiscreteResourceSpec", discrete));
        });
        amounts.put("GenericResources", generic);
        return amounts;
    }

    private static Map<String, Object> restart(RestartPolicy policy) {
        Map<String, Object> facts = object("Condition",
                policy.getCondition().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        facts.put("Delay", policy.getDelayMillis() * NANOS_PER_MILLI);
        facts.put("MaxAttempts", policy.getMaxAttempts());
        facts.put("Window", policy.getWindowMillis() * NANOS_PER_MILLI);
        return facts;
    }

    private static Map<String, Object> placement(Placement placement) {
        List<Object> constraints = new ArrayList<>();
        for (api.cluster.Constraint each : placement.getConstraintsList()) {
            constraints.add(each.getAttribute() + (each.getEqual() ? "==" : "!=") + each.getValue());
        }
        Map<String, Object> facts = object("Constraints", constraints);
        List<Object> preferences = new ArrayList<>();
        for (String attribute : placement.getSpreadList()) {
            preferences.add(object("Spread", object("SpreadDescriptor", attribute)));
        }
        facts.put("Preferences", preferences);
        facts.put("Binpack", placement.getBinpack());
        List<Object> affinities = new ArrayList<>();
        for (Affinity each : placement.getAffinitiesList()) {
            Map<String, Object> one = object("Service", each.getService());
            one.put("Apart", each.getApart());
            one.put("Level", each.getLevel());
            one.put("Must", each.getMust());
            affinities.add(one);
        }
        facts.put("Affinities", affinities);
        facts.put("MaxReplicas", placement.getMaxPerNode());
        List<Object> platforms = new ArrayList<>();
        for (Platform platform : placement.getPlatformsList()) {
            Map<String, Object> one = object("Architecture", platform.getArchitecture());
            one.put("OS", platform.getOs());
            platforms.add(one);
        }
        facts.put("Platforms", platforms);
        return facts;
    }

    private static Map<String, Object> policy(UpdatePolicy policy) {
        Map<String, Object> facts = object("Parallelism", policy.getParallelism());
        facts.put("Delay", policy.getDelayMillis() * NANOS_PER_MILLI);
        facts.put("FailureAction", policy.getFailureAction().name().toLowerCase(Locale.ROOT));
        facts.put("Monitor", policy.getMonitorMillis() * NANOS_PER_MILLI);
        facts.put("MaxFailureRatio", policy.getMaxFailurePercent() / 100.0);
        facts.put("Order", policy.getStartFirst() ? "start-first" : "stop-first");
        return facts;
    }

    private static List<Object> ports(ServiceSpec spec) {
        List<Object> ports = new ArrayList<>();
        for (PortRequest port : spec.getTask().getContainer().getOptions().getPortsList()) {
            Map<String, Object> one = object("Protocol", port.getProtocol());
            one.put("TargetPort", (long) port.getContainerPort());
            one.put("PublishedPort", (long) port.getFirstHostPort());
            one.put("PublishMode", "host");
            ports.add(one);
        }
        for (EndpointPort port : spec.getEndpoint().getPortsList()) {
            Map<String, Object> one = object("Protocol", port.getProtocol());
            one.put("TargetPort", port.getTarget());
            one.put("PublishedPort", port.getPublished());
            one.put("PublishMode", "ingress");
            ports.add(one);
        }
        return ports;
    }

    private static List<Object> named(ServiceEndpoint endpoint) {
        List<Object> named = new ArrayList<>();
        for (NamedPort port : endpoint.getNamedList()) {
            Map<String, Object> one = object("Name", port.getName());
            one.put("TargetPort", port.getPort());
            named.add(one);
        }
        return named;
    }

    private static Map<String, Object> object(String name, Object value) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put(name, value);
        return object;
    }
}
