package runtime.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.trace.RecordingTracer;
import runtime.trace.RecordingTracer.Noted;
import runtime.trace.Trail;

/** Which parts of a container's life are spans, and whose: against a host without a kernel. */
class TracedContainersTest {
    private final RecordingTracer tracer = new RecordingTracer();
    @TempDir Path temporary;
    private FakeHost host;
    private Containers containers;

    @BeforeEach
    void open() throws Exception {
        host = new FakeHost(temporary);
        host.tracer = tracer;
        containers = host.daemon();
    }

    private ContainerRecord create(String args, String more) throws Exception {
        return containers.create(Samples.options(
                "{\"image\":\"i\",\"name\":\"web\",\"args\":" + args + more + "}"));
    }

    @Test
    void aCallThatCreatesAndStarts() throws Exception {
        Trail.within(tracer.work("call"), () -> {
            create("[\"sleep\"]", "");
            return containers.start("web");
        });
        assertEquals(List.of("container.create/container.write", "call/container.create",
                "container.start/network.reserve", "container.start/launch.plan",
                "call/container.start"), tracer.ended());
        containers.remove("web", true);
    }

    @Test
    void aPartThatFailsIsTold() throws Exception {
        create("[\"sleep\"]", "");
        host.networkFails = true;
        assertThrows(IOException.class, () -> Trail.within(tracer.work("call"),
                () -> containers.start("web")));
        assertEquals(List.of("container.start/network.reserve!", "call/container.start!"),
                tracer.ended());
    }

    @Test
    void aRestartByPolicyIsATraceOfItsOwn() throws Exception {
        String id = create("[\"exit\",\"3\"]", ",\"restart\":\"on-failure:1\"").id();
        containers.start("web");
        host.waits.take();
        assertEquals(List.of(), tracer.ended(), "nobody traced who started it");
        host.networkFails = true;
        host.passes.release();
        assertEquals("network.reserve", tracer.next().name());
        Noted restart = tracer.next();
        assertEquals("container.restart", restart.name());
        assertEquals("", restart.parent());
        assertEquals("1", restart.attributes().get("jctl.restart.count"));
        assertEquals(id, restart.attributes().get("container.id"));
        assertEquals(Optional.of("no address left"), restart.failure());
        containers.remove("web", true);
    }

    @Test
    void aProbeOfHealthIsATraceOfItsOwn() throws Exception {
        create("[\"sleep\"]", ",\"health\":[{\"command\":\"x\",\"retries\":[2]}]");
        containers.start("web");
        host.shell("exit", "1");
        host.waits.take();
        host.passes.release();
        assertEquals("container.health_check/container.exec", name(tracer.next()));
        Noted probe = tracer.next();
        assertEquals("/container.health_check", name(probe));
        assertEquals("command", probe.attributes().get("jctl.health.kind"));
        assertEquals("web", probe.attributes().get("container.name"));
        assertTrue(probe.failure().isPresent());
        containers.remove("web", true);
    }

    private static String name(Noted span) {
        return span.parent() + "/" + span.name();
    }
}
