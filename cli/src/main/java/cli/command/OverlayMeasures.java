package cli.command;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import overlaynet.audit.Repair;
import overlaynet.overlay.Figures;
import runtime.metrics.MetricsSink;

/** What is told Prometheus of networks that nodes share. */
final class OverlayMeasures {
    private OverlayMeasures() {}

    static void tell(Figures figures, MetricsSink sink) {
        for (Map.Entry<Repair, Long> each : new TreeMap<>(figures.repairs()).entrySet()) {
            sink.value("jctl_overlay_repairs_total", "What of shared networks was not as made, and was mended.",
                    Map.of("kind", each.getKey().toString()), each.getValue());
        }
        sink.value("jctl_overlay_audits_total", "Looks at the kernel's tables of shared networks.", figures.audits());
        sink.value("jctl_overlay_audit_seconds", "How long the newest look took.", figures.lastAuditSeconds());
        sink.value("jctl_overlay_errors_total", "Errors of programming met while shared networks were looked after.",
                figures.errors());
        sink.value("jctl_overlay_networks", "Shared networks this node has a part of.", figures.networks());
        sink.value("jctl_overlay_peers", "Other nodes that have a part of one of them.", figures.peers());
        sink.value("jctl_overlay_services", "Services that are found in them.", figures.services());
        sink.value("jctl_overlay_endpoints", "Addresses of tasks that these lead to.", figures.endpoints());
        sink.value("jctl_overlay_failing_ways", "Ways to other nodes' parts of shared networks that do not hold although the nodes answer.",
                figures.failingWays());
        figures.passages().ifPresent(all -> new TreeMap<>(all).forEach((passage, count) ->
                sink.value("jctl_overlay_fast_path_packets_total",
                        "Packets of shared networks that took the fast path, or were dropped on it.",
                        Map.of("way", passage.name().toLowerCase(Locale.ROOT)), count)));
    }
}
