package overlaynet.overlay;

import java.util.Map;
import java.util.Optional;
import overlaynet.audit.Repair;
import overlaynet.fastpath.Passage;

/**
 * What there is of shared networks on this node, and what was done for them, in numbers.
 *
 * @param repairs          since the agent began, all kinds
 * @param audits           looks at the kernel's tables since then
 * @param lastAuditSeconds how long the newest one took
 * @param errors           of programming that were met meanwhile
 * @param networks         that this node has a part of
 * @param peers            other nodes that have a part of one of these
 * @param services         that are found in them
 * @param endpoints        tasks' addresses that these lead to
 * @param failingWays      ways to other nodes that do not hold although the nodes answer
 * @param passages         packets that took the fast path, or were dropped on it; empty if there is none
 */
public record Figures(Map<Repair, Long> repairs, long audits, double lastAuditSeconds, long errors, int networks,
        int peers,
        int services, int endpoints, int failingWays, Optional<Map<Passage, Long>> passages) {
    /** Copies the map. */
    public Figures {
        repairs = Map.copyOf(repairs);
    }
}
