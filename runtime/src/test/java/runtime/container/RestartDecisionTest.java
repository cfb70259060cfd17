package runtime.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import runtime.container.RestartDecision.Ending;
import runtime.container.RestartDecision.Restart;
import runtime.container.RestartDecision.Stay;
import runtime.container.RestartPolicy.Kind;

class RestartDecisionTest {
    private static final RestartPolicy ALWAYS = new RestartPolicy(Kind.ALWAYS, 0);
    private static final RestartPolicy UNLESS_STOPPED = new RestartPolicy(Kind.UNLESS_STOPPED, 0);
    private static final RestartPolicy TWICE = new RestartPolicy(Kind.ON_FAILURE, 2);

    private static Ending ending(int code, long ranSeconds, int restarts, long lastMillis) {
        return new Ending(code, Duration.ofSeconds(ranSeconds), false, restarts,
                Duration.ofMillis(lastMillis));
    }

    private static Duration delay(RestartPolicy policy, Ending ending) {
        return assertInstanceOf(Restart.class, RestartDecision.afterRun(policy, ending)).delay();
    }

    private static void stays(RestartPolicy policy, Ending ending) {
        assertInstanceOf(Stay.class, RestartDecision.afterRun(policy, ending));
    }

    @Test
    void policiesAreReadAsDockerWritesThem() {
        assertEquals(Optional.of(RestartPolicy.NEVER), RestartPolicy.parse(""));
        assertEquals(Optional.of(RestartPolicy.NEVER), RestartPolicy.parse("no"));
        assertEquals(Optional.of(TWICE), RestartPolicy.parse("on-failure:2"));
        assertEquals("on-failure:2", TWICE.word());
        assertEquals(Optional.of(UNLESS_STOPPED), RestartPolicy.parse("unless-stopped"));
        for (String wrong : new String[] {"always:3", "on-failure:", "on-failure:-1", "sometimes",
            "on-failure:99999999999", "ALWAYS"}) {
            assertEquals(Optional.empty(), RestartPolicy.parse(wrong), wrong);
        }
    }

    @Test
    void delaysDoubleUpToAMinute() {
        long last = 0;
        long[] expected = {100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200, 60000, 60000};
        for (long millis : expected) {
            last = delay(ALWAYS, ending(1, 0, 5, last)).toMillis();
            assertEquals(millis, last);
        }
    }

    @Test
    void aLongRunBeginsTheDelaysAnew() {
        assertEquals(100, delay(ALWAYS, ending(1, 10, 5, 51200)).toMillis());
        assertEquals(60000, delay(ALWAYS, ending(1, 9, 5, 51200)).toMillis());
    }

    @Test
    void onFailureGivesUpAfterSoMany() {
        assertEquals(100, delay(TWICE, ending(1, 0, 0, 0)).toMillis());
        assertEquals(200, delay(TWICE, ending(1, 0, 1, 100)).toMillis());
        stays(TWICE, ending(1, 0, 2, 200));
        stays(TWICE, ending(0, 0, 0, 0));
        delay(new RestartPolicy(Kind.ON_FAILURE, 0), ending(137, 0, 1000, 0));
    }

    @Test
    void whatWasStoppedStays() {
        for (Kind kind : Kind.values()) {
            stays(new RestartPolicy(kind, 0), new Ending(143, Duration.ofHours(1), true, 0, Duration.ZERO));
        }
        stays(RestartPolicy.NEVER, ending(1, 0, 0, 0));
    }

    private static RestartDecision atStartUp(RestartPolicy policy, ContainerRecord record) {
        return RestartDecision.atStartUp(policy, record);
    }

    @Test
    void theDaemonsBeginStartsWhatThePolicySays() {
        ContainerRecord created = Samples.created(Samples.ID, "web", "{\"image\":\"i\"}");
        ContainerRecord running = created.running(Samples.run(7));
        ContainerRecord failed = running.exited(Samples.exit(1));
        ContainerRecord ended = running.exited(Samples.exit(0));
        ContainerRecord stopped = running.stopping().exited(Samples.exit(143));
        assertInstanceOf(Stay.class, atStartUp(ALWAYS, created), "one that never ran");
        assertInstanceOf(Restart.class, atStartUp(ALWAYS, stopped), "as docker");
        assertInstanceOf(Stay.class, atStartUp(UNLESS_STOPPED, stopped));
        assertInstanceOf(Restart.class, atStartUp(UNLESS_STOPPED, ended));
        assertInstanceOf(Restart.class, atStartUp(TWICE, failed));
        assertInstanceOf(Stay.class, atStartUp(TWICE, ended));
        assertInstanceOf(Stay.class, atStartUp(RestartPolicy.NEVER, failed));
        assertInstanceOf(Restart.class,
                atStartUp(TWICE, running.restarting(Samples.exit(1))), "one that was about to");
    }
}
