package clusterd.daemon;

import clusterd.wire.RecordCodec;
import java.util.Optional;

/**
 * The authority as all managers have it, once its root was exchanged for the first time; before, each has what it
 * was given when it became a manager.
 *
 * @param text           with its key sealed ({@link clusterd.security.Authority#toText})
 * @param beganMillis    when its root was introduced, since 1970
 * @param oldEndsMillis  when the last certificate by the root before ends
 * @param lifetimeMillis of certificates; 0 = as the agent was told
 * @param finishes       the old root is to go though nodes are behind
 */
public record KeptAuthority(String text, long beganMillis, long oldEndsMillis, long lifetimeMillis, boolean finishes) {
    static final Slot<KeptAuthority> SLOT = new Slot<>("authority", RecordCodec.of(KeptAuthority.class),
            new KeptAuthority("", 0, 0, 0, false));

    /** The text; empty if no root was exchanged yet. */
    Optional<String> known() {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    KeptAuthority withText(String other) {
        return new KeptAuthority(other, beganMillis, oldEndsMillis, lifetimeMillis, false);
    }

    KeptAuthority finishing() {
        return new KeptAuthority(text, beganMillis, oldEndsMillis, lifetimeMillis, true);
    }
}
