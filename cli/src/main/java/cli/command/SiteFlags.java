package cli.command;

import api.cluster.Mode;
import api.cluster.Standby;
import cli.wire.MessageWriter;

/** What a service of several sites takes: --replicas-per-site, --site, --standby-site and what goes with it. */
final class SiteFlags {
    static final String[] NAMES = {"replicas-per-site", "site", "standby-site", "standby-replicas",
        "site-failover-after", "site-failback-after"};
    private static final String NEVER = "never";

    private SiteFlags() {}

    static Syntax addTo(Syntax syntax) {
        return syntax.value("replicas-per-site", "int", "Number of tasks in each site, in place of --replicas")
                .value("site", "list", "A site that has them; may be repeated (default: each that has nodes)")
                .value("standby-site", "string", "Site that takes the place of one that is lost")
                .value("standby-replicas", "int", "Tasks the standby has while no site is lost (default 0)")
                .value("site-failover-after", "duration", "For how long a site must be lost (default 3s)")
                .value("site-failback-after", "duration", "For how long all tasks of a site that is back must run"
                        + " before the standby scales in, or \"never\" (default 30s)");
    }

    static boolean areSaid(Arguments arguments) {
        for (String name : NAMES) {
            if (arguments.has(name)) {
                return true;
            }
        }
        return false;
    }

    /** The message Mode.PerSite of a new service. */
    static MessageWriter of(Arguments arguments) throws UsageException {
        if (!arguments.has("replicas-per-site")) {
            throw new UsageException("how many tasks in each site? Say --replicas-per-site NUMBER");
        }
        if (arguments.has("replicas")) {
            throw new UsageException("--replicas and --replicas-per-site exclude each other: the second is for each"
                    + " site");
        }
        MessageWriter mode = new MessageWriter()
                .number(Mode.PerSite.REPLICAS_FIELD_NUMBER, arguments.atLeast(0, "replicas-per-site"))
                .flag(Mode.PerSite.UNIQUE_FIELD_NUMBER, arguments.isOn("unique"))
                .strings(Mode.PerSite.SITES_FIELD_NUMBER, arguments.values("site"));
        if (!arguments.value("standby-site").isEmpty()) {
            mode.message(Mode.PerSite.STANDBY_FIELD_NUMBER, new MessageWriter()
                    .string(Standby.SITE_FIELD_NUMBER, standbySite(arguments))
                    .number(Standby.REPLICAS_FIELD_NUMBER, arguments.has("standby-replicas")
                            ? arguments.atLeast(0, "standby-replicas") : 0)
                    .number(Standby.FAILOVER_AFTER_MILLIS_FIELD_NUMBER, arguments.has("site-failover-after")
                            ? arguments.millis("site-failover-after")
                            : clusterd.model.Standby.FAILOVER_AFTER_MILLIS)
                    .number(Standby.FAILBACK_AFTER_MILLIS_FIELD_NUMBER, arguments.has("site-failback-after")
                            ? failbackMillis(arguments) : clusterd.model.Standby.FAILBACK_AFTER_MILLIS));
        } else {
            needStandby(arguments);
        }
        return mode;
    }

    /** What was said in place of what was; an empty --standby-site takes it away. */
    static Mode.PerSite changed(Mode.PerSite mode, Arguments arguments) throws UsageException {
        Mode.PerSite.Builder changed = mode.toBuilder();
        if (arguments.has("replicas-per-site")) {
            changed.setReplicas(arguments.atLeast(0, "replicas-per-site"));
        }
        if (arguments.has("unique")) {
            changed.setUnique(arguments.isOn("unique"));
        }
        if (arguments.has("site")) {
            changed.clearSites().addAllSites(arguments.values("site"));
        }
        if (arguments.has("standby-site") && standbySite(arguments).isEmpty()) {
            needStandby(arguments);
            return changed.clearStandby().build();
        }
        if (!mode.hasStandby() && !arguments.has("standby-site")) {
            needStandby(arguments);
            return changed.build();
        }
        Standby.Builder standby = mode.hasStandby() ? mode.getStandby().toBuilder() : Standby.newBuilder()
                .setFailoverAfterMillis(clusterd.model.Standby.FAILOVER_AFTER_MILLIS)
                .setFailbackAfterMillis(clusterd.model.Standby.FAILBACK_AFTER_MILLIS);
        if (arguments.has("standby-site")) {
            standby.setSite(standbySite(arguments));
        }
        if (arguments.has("standby-replicas")) {
            standby.setReplicas(arguments.atLeast(0, "standby-replicas"));
        }
        if (arguments.has("site-failover-after")) {
            standby.setFailoverAfterMillis(arguments.millis("site-failover-after"));
        }
        if (arguments.has("site-failback-after")) {
            standby.setFailbackAfterMillis(failbackMillis(arguments));
        }
        return changed.setStandby(standby).build();
    }

    private static String standbySite(Arguments arguments) throws UsageException {
        if (arguments.values("standby-site").size() > 1) {
            throw new UsageException("--standby-site is given twice: one site stands by for all others");
        }
        return arguments.value("standby-site");
    }

    private static void needStandby(Arguments arguments) throws UsageException {
        for (String name : new String[] {"standby-replicas", "site-failover-after", "site-failback-after"}) {
            if (arguments.has(name)) {
                throw new UsageException("--" + name + " is about a standby: name it with --standby-site");
            }
        }
    }

    private static long failbackMillis(Arguments arguments) throws UsageException {
        return arguments.value("site-failback-after").equals(NEVER) ? clusterd.model.Standby.NEVER
                : arguments.millis("site-failback-after");
    }
}
