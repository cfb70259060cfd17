package runtime.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.spec.ContainerSpec;

/** Devices that plug-ins give a container for as long as it runs. */
class ContainerDevicesTest {
    @TempDir
    Path temporary;

    private FakeHost host;
    private Containers containers;

    @BeforeEach
    void open() throws Exception {
        host = new FakeHost(temporary);
        containers = host.daemon();
    }

    private String create(String more) throws Exception {
        return containers.create(Samples.options("{\"image\":\"i\",\"name\":\"web\",\"args\":[\"sleep\"],\"resourceRequests\":[{\"resource\":\"sriov/media\","
                + "\"count\":1,\"interfaceName\":\"\",\"wish\":{}}]" + more + "}")).id();
    }

    @Test
    void itHasThemWhileItRuns() throws Exception {
        String id = create("");
        assertEquals(Map.of(), host.devices.given);
        containers.start("web");
        assertEquals(Map.of(id, List.of("sriov/media")), host.devices.given);
        ContainerSpec spec = host.starts.getLast().spec();
        assertTrue(spec.process().env().contains("PCIDEVICE=0000:01:10.0"));
        assertTrue(spec.linux().devices().stream().anyMatch(each -> each.path().equals("/dev/null")));
        assertEquals("yes", spec.annotations().get("device"));
        assertTrue(host.starts.getLast().origin().isEmpty(), "its plan is nobody else's");
        assertTrue(Files.readString(containers.folders(id).runSpec()).contains("PCIDEVICE=0000:01:10.0"), "further processes find it as well");
        containers.kill("web", "9");
        containers.ended("web").join();
        assertEquals(Map.of(), host.devices.given);
        containers.start("web");
        assertEquals(Set.of(id), host.devices.given.keySet());
        containers.kill("web", "9");
    }

    @Test
    void whoIsNearSomethingMayPlaceItsMemory() throws Exception {
        create("");
        assertEquals(Set.of(true), Set.of(host.granted.getLast().contains(linux.abi.Capability.SYS_NICE)));
        containers.create(Samples.options("{\"image\":\"i\",\"args\":[\"sleep\"]}"));
        assertEquals(Set.of(false), Set.of(host.granted.getLast().contains(linux.abi.Capability.SYS_NICE)));
    }

    @Test
    void aStartThatFailsGivesThemBack() throws Exception {
        create("");
        host.networkFails = true;
        assertThrows(Exception.class, () -> containers.start("web"));
        assertEquals(Map.of(), host.devices.given);
        host.networkFails = false;
        host.devices.refusal = "none is free";
        assertEquals("none is free", assertThrows(ContainerException.class, () -> containers.start("web")).getMessage());
        assertEquals(ContainerState.CREATED, containers.get("web").state());
    }

    @Test
    void whatCannotBeDoneWithThemGivesThemBack() throws Exception {
        create(",\"network\":{\"mode\":\"host\"}");
        host.devices.network = "ens1v0";
        String said = assertThrows(ContainerException.class, () -> containers.start("web")).getMessage();
        assertTrue(said.contains("has no network namespace of its own"), said);
        assertEquals(Map.of(), host.devices.given);
        host.devices.network = "";
        host.devices.file = "/dev/missing-device";
        said = assertThrows(ContainerException.class, () -> containers.start("web")).getMessage();
        assertTrue(said.contains("/dev/missing-device"), said);
        assertEquals(Map.of(), host.devices.given);
    }

    @Test
    void aDaemonThatComesAfterTakesBackWhatNobodyHas() throws Exception {
        String id = create("");
        containers.start("web");
        host.devices.given.put("gone", List.of("sriov/media"));
        containers = host.daemon();
        assertEquals(Set.of(id), host.devices.given.keySet());
        containers.kill("web", "9");
    }

    @Test
    void whoHasProcessorsAloneIsOnThemAndNobodyElse() throws Exception {
        host.devices.shared = "0-3";
        containers.create(Samples.options("{\"image\":\"i\",\"name\":\"other\",\"args\":[\"sleep\"]}"));
        String other = containers.start("other").id();
        assertEquals(Optional.of("0-3"), host.starts.getLast().spec().linux().resources().cpu().cpus());
        assertTrue(host.starts.getLast().origin().isEmpty(), "its processors are of this start");
        String pinned = containers.create(Samples.options("{\"image\":\"i\",\"name\":\"pinned\",\"args\":[\"sleep\"],\"limits\":{\"cpusetCpus\":\"1\"}}")).id();
        containers.start("pinned");
        assertEquals(Optional.of("1"), host.starts.getLast().spec().linux().resources().cpu().cpus());
        host.devices.shared = "0-2";
        create(",\"exclusiveCpus\":1");
        containers.start("web");
        assertEquals(Optional.of("3"), host.starts.getLast().spec().linux().resources().cpu().cpus());
        assertEquals(Optional.of("0-2"), host.limits.get("/jctl/" + other).cpu().cpus());
        assertTrue(!host.limits.containsKey("/jctl/" + pinned), "who names his processors stays on them");
        host.devices.shared = "0-3";
        containers.kill("web", "9");
        containers.ended("web").join();
        assertEquals(Optional.of("0-3"), host.limits.get("/jctl/" + other).cpu().cpus());
        containers.kill("other", "9");
        containers.kill("pinned", "9");
    }

    @Test
    void processorsAloneGoWithNoOtherBound() {
        for (String wrong : List.of("\"exclusiveCpus\":1,\"limits\":{\"nanoCpus\":500000000}", "\"exclusiveCpus\":1,\"limits\":{\"cpusetCpus\":\"0\"}",
                "\"exclusiveCpus\":-1", "\"numa\":\"near\"")) {
            ContainerException refused = assertThrows(ContainerException.class, () -> containers.create(Samples.options(
                    "{\"image\":\"i\",\"args\":[\"sleep\"]," + wrong + "}")), wrong);
            assertEquals(ContainerException.Reason.INVALID_OPTION, refused.reason());
        }
    }

    @Test
    void whatCannotBeMeantIsRefusedAtOnce() {
        for (String wrong : List.of("{\"resource\":\"media\",\"count\":1,\"interfaceName\":\"\",\"wish\":{}}",
                "{\"resource\":\"sriov/media\",\"count\":2,\"interfaceName\":\"eth0\",\"wish\":{}}",
                "{\"resource\":\"sriov/media\",\"count\":1,\"interfaceName\":\"a/b\",\"wish\":{}}",
                "{\"resource\":\"sriov/media\",\"count\":1,\"interfaceName\":\"\",\"addresses\":[\"10.0.0.1\"],\"wish\":{}}",
                "{\"resource\":\"sriov/media\",\"count\":0,\"interfaceName\":\"\",\"wish\":{}}")) {
            ContainerException refused = assertThrows(ContainerException.class, () -> containers.create(Samples.options(
                    "{\"image\":\"i\",\"args\":[\"sleep\"],\"resourceRequests\":[" + wrong + "]}")), wrong);
            assertEquals(ContainerException.Reason.INVALID_OPTION, refused.reason());
        }
    }
}
