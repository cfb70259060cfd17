package clusterd.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProcessorUseTest {
    @Test
    void whatIsNeitherIdleNorWaitingIsBusy() {
        ProcessorUse use = new ProcessorUse();
        assertEquals(OptionalLong.empty(), use.look("cpu  100 0 100 800 0 0 0 0 50 0\ncpu0 1 2\n", 2));
        assertEquals(OptionalLong.of(500), use.look("cpu  120 0 130 900 50 0 0 0 70 0\n", 2));
        assertEquals(OptionalLong.empty(), use.look("cpu  120 0 130 900 50 0 0 0 70 0\n", 2));
    }
}
