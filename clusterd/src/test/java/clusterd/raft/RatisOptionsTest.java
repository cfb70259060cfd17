package clusterd.raft;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.junit.jupiter.api.Test;

class RatisOptionsTest {
    private static final long YEAR_DAYS = 365;

    private static RaftProperties properties() {
        return RatisOptions.properties(Settings.joining(new UUID(0, 1),
                new Member("m", "127.0.0.1", 1, MemberKind.VOTER), Path.of("unused")));
    }

    @Test
    void appendsUnderWayAreNotTakenForOthers() {
        assertFalse(RaftServerConfigKeys.Log.appendEntriesComposeEnabled(properties()),
                "a former leader that stood still could not catch up");
    }

    @Test
    void aMemberIsNotClosedForStandingStill() {
        assertTrue(RaftServerConfigKeys.closeThreshold(properties()).toLong(TimeUnit.DAYS) > YEAR_DAYS,
                "a suspended machine goes on where it was");
    }
}
