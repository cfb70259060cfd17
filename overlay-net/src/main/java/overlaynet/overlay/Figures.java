package overlaynet.overlay;

import java.util.Map;
import overlaynet.audit.Repair;

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
 */
public record Figures(Map<Repair, Long> repairs, long audits, double lastAuditSeconds, long errors, int networks,
        int peers,
        int services, int endpoints) {
    /** Copies the map. */
    public Figures {
        repairs = Map.copyOf(repairs);
    }
}
