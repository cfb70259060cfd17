package runtime.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import runtime.container.Health.Probe;
import runtime.container.Health.Status;
import runtime.image.ImageDefaults;

class HealthTest {
    private static Probe probe(int code) {
        return new Probe(Samples.NOON, Samples.NOON, code, "");
    }

    private static HealthCheck.Options options(String command, String http, String tcp) {
        return new HealthCheck.Options(false, command, http, tcp, 0, 0, 0, 0, OptionalInt.empty());
    }

    @Test
    void threeFailuresInARowAreTooMany() {
        Health health = Health.STARTING.after(probe(0), false, 3);
        assertEquals(Status.HEALTHY, health.status());
        health = health.after(probe(1), false, 3).after(probe(-1), false, 3);
        assertEquals(Status.HEALTHY, health.status());
        assertEquals(2, health.failingStreak());
        assertEquals(Status.UNHEALTHY, health.after(probe(1), false, 3).status());
        assertEquals(Status.HEALTHY,
                health.after(probe(1), false, 3).after(probe(0), false, 3).status());
    }

    @Test
    void failuresInTheStartPeriodDoNotCountUntilItWasHealthyOnce() {
        Health health = Health.STARTING;
        for (int i = 0; i < 10; i++) {
            health = health.after(probe(1), true, 2);
        }
        assertEquals(Status.STARTING, health.status());
        assertEquals(0, health.failingStreak());
        assertEquals(5, health.log().size(), "the latest");
        health = health.after(probe(0), true, 2).after(probe(1), true, 2).after(probe(1), true, 2);
        assertEquals(Status.UNHEALTHY, health.status());
    }

    @Test
    void theUsersWordsStandAboveTheImages() throws Exception {
        ImageDefaults.HealthCheck image = new ImageDefaults.HealthCheck(
                List.of("CMD-SHELL", "curl -f localhost"), Duration.ofSeconds(5), Duration.ZERO,
                Duration.ofSeconds(1), Duration.ZERO, 7);
        HealthCheck ofImage = HealthCheck.of(Optional.empty(), Optional.of(image), true).orElseThrow();
        assertEquals(List.of("/bin/sh", "-c", "curl -f localhost"), ofImage.test());
        assertEquals(Duration.ofSeconds(5).toNanos(), ofImage.intervalNanos());
        assertEquals(Duration.ofSeconds(30).toNanos(), ofImage.timeoutNanos());
        assertEquals(7, ofImage.retries());
        HealthCheck ofUser = HealthCheck.of(Optional.of(options("", "8080/ok", "")),
                Optional.of(image), true).orElseThrow();
        assertEquals(HealthCheck.Kind.HTTP, ofUser.kind());
        assertEquals(List.of("8080/ok"), ofUser.test());
        assertEquals(7, ofUser.retries());
        assertEquals(Optional.empty(), HealthCheck.of(Optional.of(new HealthCheck.Options(true, "", "",
                "", 0, 0, 0, 0, OptionalInt.empty())), Optional.of(image), true));
        assertEquals(Optional.empty(), HealthCheck.of(Optional.empty(), Optional.empty(), true));
        assertEquals(Optional.empty(), HealthCheck.of(Optional.empty(), Optional.of(
                new ImageDefaults.HealthCheck(List.of("NONE"), Duration.ZERO, Duration.ZERO,
                        Duration.ZERO, Duration.ZERO, 0)), true));
    }

    @Test
    void whatCannotBeRightIsRefused() {
        for (HealthCheck.Options wrong : List.of(options("true", "80", ""), options("", "80", "80"),
                options("", "http", ""), options("", "80/a b", ""), options("", "", "0"),
                options("", "", "70000"), options("", "99999", ""),
                new HealthCheck.Options(true, "true", "", "", 0, 0, 0, 0, OptionalInt.empty()),
                new HealthCheck.Options(false, "true", "", "", 5, 0, 0, 0, OptionalInt.empty()),
                new HealthCheck.Options(false, "true", "", "", -5, 0, 0, 0, OptionalInt.empty()),
                new HealthCheck.Options(false, "true", "", "", 0, 0, 0, 0, OptionalInt.of(-1)))) {
            assertThrows(ContainerException.class,
                    () -> HealthCheck.of(Optional.of(wrong), Optional.empty(), true), wrong::toString);
        }
        assertThrows(ContainerException.class, () -> HealthCheck.of(
                Optional.of(options("", "", "80")), Optional.empty(), false));
    }
}
