package cli.render;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DurationsTest {
    @Test
    void spansAreReadAsDockerWritesThem() {
        assertEquals(OptionalLong.of(90_000_000_000L), Durations.nanos("1m30s"));
        assertEquals(OptionalLong.of(500_000_000L), Durations.nanos("500ms"));
        assertEquals(OptionalLong.of(5_400_000_000_000L), Durations.nanos("1.5h"));
        assertEquals(OptionalLong.of(0), Durations.nanos("0"));
        assertEquals(OptionalLong.of(0), Durations.nanos("0s"));
    }

    @Test
    void whatIsNoSpanIsRefused() {
        for (String wrong : new String[] {"", "5", "s", "-1s", "1s ", "1s2", "1d", "99999999999h", "1.s"}) {
            assertEquals(OptionalLong.empty(), Durations.nanos(wrong), wrong);
        }
    }
}
