package clusterd.spec;

import clusterd.model.EndpointPort;
import clusterd.model.Affinity;
import clusterd.model.Constraint;
import clusterd.model.FileReference;
import clusterd.model.HostPort;
import clusterd.model.Mode;
import clusterd.model.NamedPort;
import clusterd.model.Placement;
import clusterd.model.Resources;
import clusterd.model.RestartPolicy;
import clusterd.model.ServiceSpec;
import clusterd.model.Standby;
import clusterd.model.TaskTemplate;
import clusterd.model.UpdatePolicy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds everything that cannot be right about a spec on any cluster, each with the path of its field. */
public final class ServiceCheck {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9](?:[-_.a-zA-Z0-9]{0,61}[a-zA-Z0-9])?");
    private static final Set<String> PROTOCOLS = Set.of("tcp", "udp", "sctp");
    private static final int MOST_REPLICAS = 1_000_000;
    private static final int LAST_PORT = 65_535;
    private static final int ALL_MODE_BITS = 07777;

    private final List<String> problems = new ArrayList<>();

    private ServiceCheck() {
    }

    /** All problems, each {@code PATH: what is wrong and what is expected}; none if it can be tried. */
    public static List<String> problems(ServiceSpec spec) {
        ServiceCheck check = new ServiceCheck();
        check.name("name", spec.name(), "a service's name");
        check.name("project", spec.project(), "a project's name");
        check.mode(spec);
        check.task(spec.task());
        check.endpoint(spec.reached().ports());
        check.named(spec.reached().named());
        check.update("update", spec.update());
        check.update("rollback", spec.rollback());
        return List.copyOf(check.problems);
    }

    private void say(String path, String what) {
        problems.add(path + ": " + what);
    }

    private void name(String path, String name, String what) {
        if (!NAME.matcher(name).matches()) {
            say(path, "\"" + name + "\" is no name: " + what + " has 1 to 63 letters a-z, digits, and within it -,"
                    + " _ and .");
        }
    }

    private void atLeast(String path, long value, long least) {
        if (value < least) {
            say(path, value + " is below " + least);
        }
    }

    private void mode(ServiceSpec spec) {
        switch (spec.mode()) {
            case Mode.Replicated replicated -> {
                if (replicated.replicas() < 0 || replicated.replicas() > MOST_REPLICAS) {
                    say("mode.replicas", replicated.replicas() + " is not between 0 and " + MOST_REPLICAS);
                }
                stopFirst(spec);
            }
            case Mode.Global global -> { /* says no more */ }
            case Mode.GlobalJob globalJob -> { /* says no more */ }
            case Mode.PerSite perSite -> perSite(perSite, spec);
            case Mode.Job job -> job("mode", job, spec.autoscaling().isPresent() ? 0 : 1);
            case Mode.Cron cron -> {
                job("mode.job", cron.job(), 1);
                try {
                    CronSchedule.parse(cron.schedule());
                } catch (IllegalArgumentException wrong) {
                    say("mode.schedule", wrong.getMessage());
                }
            }
        }
    }

    private void endpoint(List<EndpointPort> ports) {
        for (int i = 0; i < ports.size(); i++) {
            EndpointPort port = ports.get(i);
            String path = "endpoint.ports[" + i + "]";
            if (!PROTOCOLS.contains(port.protocol())) {
                say(path + ".protocol", "\"" + port.protocol() + "\" is not one of tcp, udp and sctp");
            }
            if (port.published() < 0 || port.published() > LAST_PORT) {
                say(path + ".published", port.published() + " is not from 0 to " + LAST_PORT);
            }
            if (port.target() < 1 || port.target() > LAST_PORT) {
                say(path + ".target", port.target() + " is not from 1 to " + LAST_PORT);
            }
            if (ports.subList(0, i).stream().anyMatch(port::collidesWith)) {
                say(path, "port " + port + " is published twice");
            }
        }
    }

    private void named(List<NamedPort> ports) {
        for (int i = 0; i < ports.size(); i++) {
            String path = "endpoint.named[" + i + "]";
            ports.get(i).problem().ifPresent(what -> say(path, what));
        }
        NamedPort.problem(ports).ifPresent(what -> say("endpoint.named", what));
    }

    private void stopFirst(ServiceSpec spec) {
        if (spec.mode().isUnique() && (spec.update().startFirst() || spec.rollback().startFirst())) {
            say("update.order", "start-first would run two of a unique service at once; stop-first is"
                    + " expected");
        }
    }

    private void perSite(Mode.PerSite mode, ServiceSpec spec) {
        if (mode.replicas() < 0 || mode.replicas() > MOST_REPLICAS) {
            say("mode.per_site.replicas", mode.replicas() + " is not between 0 and " + MOST_REPLICAS);
        }
        Set<String> seen = new HashSet<>();
        for (String site : mode.sites()) {
            SiteName.problem(site).ifPresent(problem -> say("mode.per_site.sites", problem));
            if (!seen.add(site.toLowerCase(Locale.ROOT))) {
                say("mode.per_site.sites", site + " is named twice");
            }
        }
        stopFirst(spec);
        mode.standby().ifPresent(standby -> standby(standby, mode, seen));
    }

    private void standby(Standby standby, Mode.PerSite mode, Set<String> sites) {
        String path = "mode.per_site.standby";
        SiteName.problem(standby.site()).ifPresent(problem -> say(path + ".site", problem));
        if (sites.contains(standby.site().toLowerCase(Locale.ROOT))) {
            say(path + ".site", standby.site() + " cannot stand in for itself: name it with --standby-site only");
        }
        if (standby.replicas() < 0 || standby.replicas() > MOST_REPLICAS) {
            say(path + ".replicas", standby.replicas() + " is not between 0 and " + MOST_REPLICAS);
        }
        atLeast(path + ".failover_after", standby.failoverAfterMillis(), 0);
        atLeast(path + ".failback_after", standby.failbackAfterMillis(), Standby.NEVER);
        if (mode.unique()) {
            say(path, "a unique service cannot have one: while a lost site comes back, its replicas and those of the"
                    + " standby run at once");
        }
    }

    private void job(String path, Mode.Job job, int leastAtOnce) {
        if (job.completions() < 1 || job.completions() > MOST_REPLICAS) {
            say(path + ".completions", job.completions() + " is not between 1 and " + MOST_REPLICAS);
        }
        atLeast(path + ".parallelism", job.parallelism(), leastAtOnce);
    }

    private void task(TaskTemplate task) {
        if (task.container().image().isBlank()) {
            say("task.container.image", "none is named");
        }
        Resources reservation = task.reservation();
        atLeast("task.reservation.cpu", reservation.cpuMillis(), 0);
        atLeast("task.reservation.memory", reservation.memoryBytes(), 0);
        atLeast("task.reservation.pids", reservation.pids(), 0);
        reservation.named().forEach((name, amount) -> {
            if (name.isBlank()) {
                say("task.reservation", "an amount of " + amount + " has no name");
            }
            atLeast("task.reservation." + name, amount, 0);
        });
        placement(task.placement());
        restart(task.restart());
        ports(task.hostPorts());
        files("task.secrets", task.secrets());
        files("task.configs", task.configs());
    }

    private void placement(Placement placement) {
        atLeast("task.placement.max_per_node", placement.maxPerNode(), 0);
        for (String each : placement.spread()) {
            attribute("task.placement.spread", each);
        }
        for (Affinity each : placement.affinities()) {
            name("task.placement.affinities", each.service(), "a service's name");
            attribute("task.placement.affinities", each.level());
        }
    }

    private void attribute(String path, String attribute) {
        try {
            Constraint.parse(attribute + "==x");
        } catch (IllegalArgumentException wrong) {
            say(path, wrong.getMessage());
        }
    }

    private void restart(RestartPolicy restart) {
        atLeast("task.restart.delay", restart.delayMillis(), 0);
        atLeast("task.restart.max_attempts", restart.maxAttempts(), 0);
        atLeast("task.restart.window", restart.windowMillis(), 0);
    }

    private void ports(List<HostPort> ports) {
        Set<HostPort> seen = new HashSet<>();
        for (HostPort each : ports) {
            if (!PROTOCOLS.contains(each.protocol())) {
                say("task.host_ports", each + " is of no protocol there is: tcp, udp or sctp is expected");
            }
            if (each.port() < 1 || each.port() > LAST_PORT) {
                say("task.host_ports", each + " is not between 1 and 65535");
            }
            if (!seen.add(each)) {
                say("task.host_ports", each + " is taken twice");
            }
        }
    }

    private void files(String path, List<FileReference> files) {
        Set<String> targets = new HashSet<>();
        for (FileReference each : files) {
            if (!each.target().startsWith("/") || each.target().contains("/../") || each.target().endsWith("/..")) {
                say(path, each.name() + " has target \"" + each.target() + "\": an absolute path is expected");
            }
            if (!targets.add(each.target())) {
                say(path, "two are at " + each.target());
            }
            if (each.mode() < 0 || each.mode() > ALL_MODE_BITS || each.userId() < 0 || each.groupId() < 0) {
                say(path, each.name() + " has owner " + each.userId() + ":" + each.groupId() + " and mode "
                        + Integer.toOctalString(each.mode()) + ": numbers from 0, and bits up to 7777, are"
                        + " expected");
            }
        }
    }

    private void update(String path, UpdatePolicy update) {
        atLeast(path + ".parallelism", update.parallelism(), 0);
        atLeast(path + ".delay", update.delayMillis(), 0);
        atLeast(path + ".monitor", update.monitorMillis(), 0);
        if (update.maxFailurePercent() < 0 || update.maxFailurePercent() > 100) {
            say(path + ".max_failure_percent", update.maxFailurePercent() + " is not between 0 and 100");
        }
    }
}
