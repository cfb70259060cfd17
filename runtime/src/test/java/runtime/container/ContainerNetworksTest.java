package runtime.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.network.NetworkChoice;
import runtime.network.NetworkSpec;

/** Networks and the containers that are to be in them, be they running or not. */
class ContainerNetworksTest {
    @TempDir
    Path folder;

    private FakeHost host;
    private Containers containers;

    @BeforeEach
    void aDaemonWithANetwork() throws Exception {
        host = new FakeHost(folder);
        containers = host.daemon();
        make("front");
    }

    private void make(String name) throws Exception {
        containers.networks().create(new NetworkSpec(name, List.of(), List.of(), List.of(), false,
                false, Map.of(), Map.of()));
    }

    private ContainerRecord create(String name) throws Exception {
        return containers.create(Samples.options("{\"image\":\"i\",\"args\":[\"run\"],\"name\":\""
                + name + "\"}"));
    }

    private List<String> networksOf(Containers daemon, String name) throws Exception {
        return daemon.get(name).options().network().choices().stream()
                .map(NetworkChoice::network).toList();
    }

    private ContainerException refused(String network, String container) {
        return assertThrows(ContainerException.class, () -> containers.networks()
                .connect(NetworkChoice.of(network), container));
    }

    @Test
    void aContainerAtRestJoinsWithItsNextStart() throws Exception {
        create("web");
        containers.networks().connect(new NetworkChoice("front", List.of("app"), "", ""), "web");
        assertEquals(List.of("bridge", "front"), networksOf(containers, "web"));
        assertEquals(List.of(), host.connected);
        assertEquals(List.of("bridge", "front"), networksOf(host.daemon(), "web"));
        assertTrue(refused("front", "web").getMessage().contains("already"));
        containers.networks().disconnect("bridge", "web");
        assertEquals(List.of("front"), networksOf(containers, "web"));
        containers.networks().disconnect("front", "web");
        assertEquals("none", containers.get("web").options().network().mode());
        assertEquals(ContainerException.Reason.NOT_RUNNING, assertThrows(ContainerException.class,
                () -> containers.networks().disconnect("front", "web")).reason());
    }

    @Test
    void aRunningContainerJoinsAtOnce() throws Exception {
        String id = create("web").id();
        containers.start("web");
        containers.networks().connect(NetworkChoice.of("front"), "web");
        assertEquals(List.of("connect front"), host.connected);
        assertTrue(Files.readString(containers.folders(id).resolvConf()).length() >= 0);
        containers.networks().disconnect("front", "web");
        assertEquals(List.of("connect front", "disconnect front"), host.connected);
        assertEquals(List.of("bridge"), networksOf(containers, "web"));
    }

    @Test
    void aNetworkThatIsUsedStays() throws Exception {
        create("web");
        make("back");
        containers.networks().connect(NetworkChoice.of("front"), "web");
        ContainerException used = assertThrows(ContainerException.class,
                () -> containers.networks().remove("front"));
        assertEquals(ContainerException.Reason.NETWORK_IN_USE, used.reason());
        assertTrue(used.getMessage().contains("jctl network disconnect front web"));
        assertEquals(List.of("back"), containers.networks().prune(network -> true));
        containers.remove("web", false);
        assertEquals("front", containers.networks().remove("front").name());
        assertEquals(ContainerException.Reason.NETWORK_NOT_FOUND,
                refused("front", "web").reason());
    }
}
