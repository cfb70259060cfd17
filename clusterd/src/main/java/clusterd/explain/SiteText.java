package clusterd.explain;

import clusterd.model.Mode;
import clusterd.model.Service;
import clusterd.model.SiteLoss;
import clusterd.model.Standby;
import clusterd.reconcile.SitesAtHand;
import clusterd.state.ClusterState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Says how a service stands in its sites, which were lost, and what stands in for them. */
final class SiteText {
    private SiteText() {
    }

    static String of(Service service, Mode.PerSite mode, long running, ClusterState state) {
        SitesAtHand sites = SitesAtHand.of(state);
        List<String> primaries = sites.primaries(mode);
        return service.spec().name() + ": " + running + " of " + sites.wanted(service, mode) + " run, "
                + mode.replicas() + " wanted in each of " + (primaries.isEmpty() ? "no site: no node has one"
                        : "the sites " + String.join(", ", primaries))
                + mode.standby().map(each -> ", site " + each.site() + " stands by with " + each.replicas()).orElse("");
    }

    /** A line for each site that is lost or was, the last to be lost first. */
    static List<String> losses(Service service, Mode.PerSite mode, ClusterState state) {
        SitesAtHand sites = SitesAtHand.of(state);
        List<String> lines = new ArrayList<>();
        if (mode.standby().isEmpty()) {
            for (String site : sites.primaries(mode)) {
                sites.lost(site).ifPresent(lost -> lines.add("Site " + site + " is lost" + since(lost) + " ("
                        + lost.reason() + "): nothing stands in for it, see --standby-site."));
            }
            return lines;
        }
        Standby standby = mode.standby().get();
        service.losses().stream().sorted(Comparator.comparingLong(SiteLoss::lostMillis).reversed())
                .forEach(each -> lines.add(line(each, standby, mode.standbyReplicas(service.losses()))));
        Optional<SitesAtHand.Lost> lost = sites.lost(standby.site());
        lost.ifPresent(each -> lines.add("Site " + standby.site() + ", which is to stand in, is lost itself"
                + since(each) + " (" + each.reason() + ")."));
        return lines;
    }

    private static String since(SitesAtHand.Lost lost) {
        return lost.sinceMillis().isPresent() ? " since " + Why.time(lost.sinceMillis().getAsLong()) : "";
    }

    private static String line(SiteLoss loss, Standby standby, int now) {
        String lost = "Site " + loss.site() + " is lost since " + Why.time(loss.lostMillis()) + " (" + loss.reason()
                + "): ";
        String was = "Site " + loss.site() + " was lost from " + Why.time(loss.lostMillis()) + " (" + loss.reason()
                + ") to " + Why.time(loss.sinceMillis());
        return switch (loss.phase()) {
            case LOST -> lost + "site " + standby.site() + " stands in at " + Why.time(loss.lostMillis()
                    + standby.failoverAfterMillis()) + " unless it comes back.";
            case COVERED -> lost + "site " + standby.site() + " scaled out " + standby.replicas() + " → " + now
                    + " at " + Why.time(loss.sinceMillis()) + ".";
            case RETURNED -> was + ": all its replicas run; site " + standby.site() + " scales in again "
                    + (standby.failbackAfterMillis() == Standby.NEVER
                            ? "when told to, with `jctl service update --site-failback-after 0s`."
                            : "at " + Why.time(loss.sinceMillis() + standby.failbackAfterMillis()) + ".");
            case OVER -> was + ".";
        };
    }
}
