package clusterd.daemon;

import clusterd.credential.JoinTokens;
import clusterd.credential.Membership;
import clusterd.wire.MalformedRecordException;
import clusterd.wire.RecordCodec;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A membership as the vault keeps it.
 *
 * @param tokens given out
 * @param joined who came, by name
 */
public record KeptMembership(List<JoinTokens.Entry> tokens, SortedMap<String, Membership.Joined> joined) {
    private static final RecordCodec<KeptMembership> CODEC = RecordCodec.of(KeptMembership.class);

    static byte[] encode(Membership membership) {
        return CODEC.encode(new KeptMembership(membership.tokens().entries(),
                new TreeMap<>(membership.joined())));
    }

    static Membership decode(byte[] bytes) throws MalformedRecordException {
        KeptMembership kept = CODEC.decode(bytes);
        return new Membership(new JoinTokens(kept.tokens()), kept.joined());
    }
}
