package clusterd.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import clusterd.model.Mode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Logs and snapshots of earlier versions hold modes by their numbers, so each keeps its own. */
class ModeCodecTest {
    private static final int TAG_BITS = 3;

    @Test
    void eachModeKeepsItsNumber() throws MalformedRecordException {
        List<Mode> modes = List.of(new Mode.Replicated(3, true), new Mode.Global(), new Mode.Job(5, 2),
                new Mode.Cron("@daily", new Mode.Job(1, 1), false),
                new Mode.PerSite(2, false, List.of("a"), Optional.empty()), new Mode.GlobalJob());
        RecordCodec<Mode> codec = RecordCodec.of(Mode.class);
        for (int i = 0; i < modes.size(); i++) {
            byte[] bytes = codec.encode(modes.get(i));
            assertEquals(i + 1, bytes[0] >> TAG_BITS, modes.get(i).toString());
            assertEquals(modes.get(i), codec.decode(bytes));
        }
    }
}
