package cli.command;

import api.cluster.Autoscaling;
import api.cluster.EndpointPort;
import api.cluster.FileReference;
import api.cluster.Mode;
import api.cluster.NamedPort;
import api.cluster.Resources;
import api.cluster.ScaleStep;
import api.cluster.Scaling;
import api.cluster.Service;
import api.cluster.ServiceEndpoint;
import api.cluster.ServiceSpec;
import api.cluster.ServiceView;
import api.cluster.Standby;
import api.cluster.TaskTemplate;
import api.cluster.UpdatePolicy;
import api.node.CreateContainerRequest;
import api.node.PortRequest;
import api.node.ResourceRequest;
import cli.render.Sizes;
import cli.render.Times;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.TreeMap;

/** A service in words for people, as docker's {@code inspect --pretty} has it. */
final class ServicePretty {
    private final StringBuilder text = new StringBuilder();

    private ServicePretty() {}

    static String text(ServiceView view) {
        return new ServicePretty().of(view);
    }

    private String of(ServiceView view) {
        ServiceSpec spec = view.getService().getSpec();
        line("ID", view.getService().getId());
        line("Name", spec.getName());
        heading("Labels");
        new TreeMap<>(spec.getLabelsMap()).forEach((key, value) -> line(" " + key, value));
        line("Project", spec.getProject());
        if (spec.getPriority() != 0) {
            line("Priority", Long.toString(spec.getPriority()));
        }
        mode(spec.getMode());
        if (spec.hasAutoscaling()) {
            autoscaling(view.getService(), spec.getAutoscaling());
        }
        line("Running", view.getRunning() + " of " + view.getWanted());
        if (!view.getWaitingFor().isEmpty()) {
            line("Waiting for", view.getWaitingFor());
        }
        String phase = Convergence.phase(view.getService().getUpdate().getPhaseValue());
        if (!phase.isEmpty()) {
            heading("UpdateStatus");
            line(" State", phase);
            line(" Message", view.getService().getUpdate().getMessage());
        }
        placement(spec.getTask());
        policy("UpdateConfig", spec.getUpdate());
        policy("RollbackConfig", spec.getRollback());
        container(spec.getTask());
        resources(spec.getTask());
        ports(spec.getTask().getContainer().getOptions(), spec.getEndpoint());
        return text.toString();
    }

    private void mode(Mode mode) {
        switch (mode.getIsCase()) {
            case REPLICATED -> {
                line("Service Mode", "Replicated");
                line(" Replicas", Long.toString(mode.getReplicated().getReplicas()));
                if (mode.getReplicated().getUnique()) {
                    line(" Unique", "yes");
                }
            }
            case GLOBAL -> line("Service Mode", "Global");
            case GLOBAL_JOB -> line("Service Mode", "GlobalJob");
            case JOB -> {
                line("Service Mode", "ReplicatedJob");
                job(mode.getJob());
            }
            case CRON -> {
                line("Service Mode", "Cron");
                line(" Schedule", mode.getCron().getSchedule());
                job(mode.getCron().getJob());
            }
            case PER_SITE -> perSite(mode.getPerSite());
            case IS_NOT_SET -> line("Service Mode", "unknown");
        }
    }

    private void autoscaling(Service service, Autoscaling autoscaling) {
        line("Autoscale", AutoscaleFlags.text(autoscaling));
        line(" Windows", "up " + span(autoscaling.getUpWindowMillis()) + ", down "
                + span(autoscaling.getDownWindowMillis()));
        line(" Steps", "up " + step(autoscaling.getUpStep()) + ", down " + step(autoscaling.getDownStep()));
        for (Scaling each : service.getScalingsList()) {
            line(" Scaled", each.getFrom() + " to " + each.getTo() + " at "
                    + Times.stamp(each.getAtMillis() * 1_000_000) + ": " + each.getWhy());
        }
    }

    private static String step(ScaleStep step) {
        return step.getPercent() + "%," + step.getTasks() + "," + span(step.getPeriodMillis());
    }

    private void perSite(Mode.PerSite mode) {
        line("Service Mode", "PerSite");
        line(" Replicas", mode.getReplicas() + " in each site");
        line(" Sites", mode.getSitesCount() == 0 ? "all that have nodes" : String.join(", ", mode.getSitesList()));
        if (mode.getUnique()) {
            line(" Unique", "yes");
        }
        if (mode.hasStandby()) {
            Standby standby = mode.getStandby();
            line(" Standby", standby.getSite() + " with " + standby.getReplicas());
            line(" Failover after", standby.getFailoverAfterMillis() + " ms");
            line(" Failback after", standby.getFailbackAfterMillis() < 0 ? "never"
                    : standby.getFailbackAfterMillis() + " ms");
        }
    }

    private void job(Mode.Job job) {
        line(" Completions", Long.toString(job.getCompletions()));
        line(" Max Concurrent", Long.toString(job.getParallelism()));
    }

    private void placement(TaskTemplate task) {
        heading("Placement");
        for (api.cluster.Constraint each : task.getPlacement().getConstraintsList()) {
            line(" Constraint", each.getAttribute() + (each.getEqual() ? "==" : "!=") + each.getValue());
        }
        for (String attribute : task.getPlacement().getSpreadList()) {
            line(" Spread", attribute);
        }
        if (task.getPlacement().getBinpack()) {
            line(" Binpack", "yes");
        }
        for (api.cluster.Affinity each : task.getPlacement().getAffinitiesList()) {
            line(each.getApart() ? " Apart from" : " Beside", each.getService() + " within " + each.getLevel()
                    + (each.getMust() ? ", must" : ""));
        }
        if (task.getPlacement().getMaxPerNode() != 0) {
            line(" Max per node", Long.toString(task.getPlacement().getMaxPerNode()));
        }
    }

    private void policy(String heading, UpdatePolicy policy) {
        heading(heading);
        line(" Parallelism", Long.toString(policy.getParallelism()));
        if (policy.getDelayMillis() != 0) {
            line(" Delay", span(policy.getDelayMillis()));
        }
        line(" On failure", policy.getFailureAction().name().toLowerCase(Locale.ROOT));
        line(" Monitoring", span(policy.getMonitorMillis()));
        line(" Max failure", BigDecimal.valueOf(policy.getMaxFailurePercent(), 2).toPlainString());
        line(" Order", policy.getStartFirst() ? "start-first" : "stop-first");
    }

    private void container(TaskTemplate task) {
        CreateContainerRequest options = task.getContainer().getOptions();
        heading("ContainerSpec");
        line(" Image", task.getContainer().getImage());
        if (options.getArgsCount() > 0) {
            line(" Args", String.join(" ", options.getArgsList()));
        }
        if (options.getEnvCount() > 0) {
            line(" Env", String.join(" ", options.getEnvList()));
        }
        if (!options.getUser().isEmpty()) {
            line(" User", options.getUser());
        }
        for (ResourceRequest request : options.getResourceRequestsList()) {
            line(" Resource", ResourceFlags.word(request));
        }
        for (FileReference secret : task.getSecretsList()) {
            line(" Secret", secret.getName() + " at " + secret.getTarget());
        }
        for (FileReference config : task.getConfigsList()) {
            line(" Config", config.getName() + " at " + config.getTarget());
        }
    }

    private void resources(TaskTemplate task) {
        api.node.Resources limits = task.getContainer().getOptions().getResources();
        Resources reservation = task.getReservation();
        heading("Resources");
        amount(" Reserved CPU", NodeTopCommand.processors(reservation.getCpuMillis()),
                reservation.getCpuMillis());
        amount(" Reserved Memory", Sizes.binary(reservation.getMemoryBytes()), reservation.getMemoryBytes());
        amount(" Reserved PIDs", Long.toString(reservation.getPids()), reservation.getPids());
        new TreeMap<>(reservation.getNamedMap()).forEach((name, value) ->
                line(" Reserved " + name, Long.toString(value)));
        amount(" Limit CPU", NodeTopCommand.processors(limits.getNanoCpus() / 1_000_000), limits.getNanoCpus());
        amount(" Limit Memory", Sizes.binary(limits.getMemoryLimitBytes()), limits.getMemoryLimitBytes());
        amount(" Limit PIDs", Long.toString(limits.getPidsLimit()), limits.getPidsLimit());
    }

    private void amount(String name, String words, long amount) {
        if (amount != 0) {
            line(name, words);
        }
    }

    private void ports(CreateContainerRequest options, ServiceEndpoint endpoint) {
        if (options.getPortsCount() + endpoint.getPortsCount() + endpoint.getNamedCount() == 0) {
            return;
        }
        heading("Ports");
        for (EndpointPort port : endpoint.getPortsList()) {
            line(" Published", port.getPublished() + " -> " + port.getTarget() + "/" + port.getProtocol()
                    + ", every node");
        }
        for (PortRequest port : options.getPortsList()) {
            line(" Published", port.getFirstHostPort() + " -> " + port.getContainerPort() + "/"
                    + port.getProtocol() + ", host");
        }
        for (NamedPort port : endpoint.getNamedList()) {
            line(" Named", port.getName() + " -> " + port.getPort());
        }
    }

    private static String span(long millis) {
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }

    private void heading(String name) {
        text.append(name).append(":\n");
    }

    private void line(String name, String value) {
        text.append(name).append(':');
        int width = 17 - name.length() - 1;
        text.append(" ".repeat(Math.max(width, 1))).append(value).append('\n');
    }
}
