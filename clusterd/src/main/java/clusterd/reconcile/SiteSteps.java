package clusterd.reconcile;

import clusterd.model.Mode;
import clusterd.model.Service;
import clusterd.model.SiteLoss;
import clusterd.model.SiteLoss.Phase;
import clusterd.model.Standby;
import clusterd.model.Task;
import clusterd.state.Command;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which places a service of several sites wants. A site that is lost for long enough has its replicas in the
 * standby, until all of them have run in the site again for long enough.
 */
final class SiteSteps {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

    private final Making making;
    private final NodesAtHand nodes;
    private final SitesAtHand sites;
    private final Mode.PerSite mode;
    private final Service service;

    SiteSteps(Making making, NodesAtHand nodes, SitesAtHand sites, Mode.PerSite mode) {
        this.making = making;
        this.nodes = nodes;
        this.sites = sites;
        this.mode = mode;
        this.service = making.service();
    }

    /** Every wanted place, with the reason a task of it is made for; notes how far each loss has come. */
    Map<Place, String> places(List<Task> tasks) {
        List<String> primaries = sites.primaries(mode);
        List<SiteLoss> losses = new ArrayList<>();
        Map<Place, String> places = new HashMap<>();
        for (String site : primaries) {
            mode.standby().flatMap(standby -> follow(site, standby, tasks)).ifPresent(losses::add);
            for (int slot = 1; slot <= mode.replicas(); slot++) {
                places.put(Place.numbered(site, slot), "wanted");
            }
        }
        for (SiteLoss each : service.losses()) {
            if (each.phase() != Phase.OVER && (mode.standby().isEmpty() || !primaries.contains(each.site()))) {
                making.add(new Command.MarkSite(service.id(), each.in(Phase.OVER, making.nowMillis())));
            }
        }
        mode.standby().ifPresent(standby -> {
            String why = losses.stream().filter(SiteLoss::isCovered).map(SiteSteps::words)
                    .collect(Collectors.joining("; "));
            for (int slot = 1; slot <= mode.standbyReplicas(losses); slot++) {
                places.put(Place.numbered(standby.site(), slot), why.isEmpty() ? "wanted" : why);
            }
        });
        return places;
    }

    private static String words(SiteLoss loss) {
        return "site " + loss.site() + " is lost since " + TIME.format(Instant.ofEpochMilli(loss.lostMillis())) + " ("
                + loss.reason() + ")";
    }

    /** How far the loss of that site has come; empty if it never was lost. */
    private Optional<SiteLoss> follow(String site, Standby standby, List<Task> tasks) {
        Optional<SiteLoss> before = service.losses().stream().filter(each -> each.site().equals(site)).findFirst();
        Optional<SitesAtHand.Lost> lost = sites.lost(site);
        Optional<SiteLoss> now = lost.isPresent() ? Optional.of(gone(site, standby, before, lost.get()))
                : before.map(each -> there(each, standby, tasks));
        if (!now.equals(before)) {
            now.ifPresent(each -> making.add(new Command.MarkSite(service.id(), each)));
        }
        return now;
    }

    private SiteLoss gone(String site, Standby standby, Optional<SiteLoss> before, SitesAtHand.Lost lost) {
        long nowMillis = making.nowMillis();
        if (before.isPresent() && before.get().phase() == Phase.COVERED) {
            return before.get();
        }
        long lostMillis = before.filter(each -> each.phase() == Phase.LOST).map(SiteLoss::lostMillis)
                .orElse(lost.sinceMillis().orElse(nowMillis));
        SiteLoss loss = new SiteLoss(site, Phase.LOST, lostMillis,
                before.filter(each -> each.phase() == Phase.LOST).map(SiteLoss::sinceMillis).orElse(nowMillis),
                lost.reason());
        // The standby has them all still: it would be odd to wait.
        boolean again = before.isPresent() && before.get().phase() == Phase.RETURNED;
        long dueMillis = lostMillis + standby.failoverAfterMillis();
        if (again || lost.deliberate() || dueMillis <= nowMillis) {
            return loss.in(Phase.COVERED, nowMillis);
        }
        making.wakeAt(dueMillis);
        return loss;
    }

    private SiteLoss there(SiteLoss before, Standby standby, List<Task> tasks) {
        long nowMillis = making.nowMillis();
        return switch (before.phase()) {
            case OVER -> before;
            case LOST -> before.in(Phase.OVER, nowMillis);
            case COVERED -> allRun(before.site(), tasks) ? over(before.in(Phase.RETURNED, nowMillis), standby) : before;
            case RETURNED -> allRun(before.site(), tasks) ? over(before, standby)
                    : before.in(Phase.COVERED, nowMillis);
        };
    }

    private SiteLoss over(SiteLoss returned, Standby standby) {
        if (standby.failbackAfterMillis() == Standby.NEVER) {
            return returned;
        }
        long dueMillis = returned.sinceMillis() + standby.failbackAfterMillis();
        if (dueMillis <= making.nowMillis()) {
            return returned.in(Phase.OVER, making.nowMillis());
        }
        making.wakeAt(dueMillis);
        return returned;
    }

    private boolean allRun(String site, List<Task> tasks) {
        long running = tasks.stream().filter(each -> each.site().equals(site) && each.isAlive() && nodes.runs(each)
                && each.slot() <= mode.replicas()).map(Task::slot).distinct().count();
        return running >= mode.replicas();
    }
}
