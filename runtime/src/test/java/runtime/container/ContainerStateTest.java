package runtime.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ContainerStateTest {

    @Test
    void everyArrowIsInTheTableAndNothingElse() {
        StringBuilder arrows = new StringBuilder();
        for (ContainerState from : ContainerState.values()) {
            for (ContainerState to : ContainerState.values()) {
                if (from.mayBecome(to)) {
                    arrows.append(from.word()).append('>').append(to.word()).append(' ');
                    assertEquals(to, from.become(to));
                } else {
                    assertThrows(IllegalStateException.class, () -> from.become(to));
                }
            }
        }
        assertEquals("created>running created>removing running>paused running>restarting "
                + "running>exited paused>running paused>restarting paused>exited "
                + "restarting>running restarting>exited restarting>removing exited>running "
                + "exited>removing removing>dead dead>removing ", arrows.toString());
    }

    @Test
    void anIllegalMoveNamesBothStates() {
        String message = assertThrows(IllegalStateException.class,
                () -> ContainerState.CREATED.become(ContainerState.PAUSED)).getMessage();
        assertTrue(message.contains("created") && message.contains("paused"), message);
    }
}
