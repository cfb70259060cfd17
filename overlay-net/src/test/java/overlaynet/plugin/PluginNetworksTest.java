package overlaynet.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlaynet.cni.CniException;
import overlaynet.plugin.PluginNetworks.Port;
import overlaynet.plugin.PluginNetworks.Wish;

/** What an earlier run noted is undone, and what cannot be is refused before anything is made. */
class PluginNetworksTest {
    private static final String ID = "0123456789abcdef".repeat(4);
    private static final String LIST = "{\"cniVersion\": \"1.0.0\", \"name\": \"net\", \"plugins\": ["
            + "{\"type\": \"first\"}, {\"type\": \"second\", \"capabilities\": {\"ips\": true}}]}";

    @TempDir
    Path folder;

    @BeforeEach
    void notes() throws IOException {
        Files.createDirectories(folder.resolve("cni"));
        Files.createDirectories(folder.resolve("net.d"));
        Files.createDirectories(folder.resolve("bin"));
        Files.writeString(folder.resolve("net.d/a.conflist"), LIST);
        Files.writeString(folder.resolve("cni/" + ID + ".json"),
                "{\"places\": [{\"list\": \"" + LIST.replace("\"", "\\\"") + "\", \"link\": \"eth0\","
                        + " \"runtime\": {\"portMappings\": [{\"hostPort\": 80, \"containerPort\": 8080,"
                        + " \"protocol\": \"tcp\"}]},"
                        + " \"result\": {\"ips\": [{\"address\": \"10.0.0.5/24\"}]}}]}");
        program("first", "");
        program("second", "");
    }

    private void program(String name, String end) throws IOException {
        Path program = folder.resolve("bin").resolve(name);
        Files.writeString(program, "#!/bin/sh\necho " + name
                + " $CNI_COMMAND $CNI_IFNAME \"[$CNI_NETNS]\" $(grep -o 10.0.0.5) >> "
                + folder.resolve("log") + "\n" + end + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }

    private PluginNetworks networks() throws IOException {
        return new PluginNetworks(new PluginNetworks.Settings(List.of(folder.resolve("net.d")),
                List.of(folder.resolve("bin")), folder.resolve("cni"), folder.resolve("netns")));
    }

    private static Wish wish(String network, List<String> addresses, List<Port> ports) {
        return new Wish(network, List.of(), addresses, ports);
    }

    @Test
    void aContainerThatIsGoneIsDeletedWithTheResultOfThenLastPluginFirst() throws Exception {
        PluginNetworks networks = networks();
        assertEquals(List.of(new PluginNetworks.Published("", 80, 8080, "tcp")),
                networks.added(ID).getFirst().ports());
        assertEquals(List.of(), networks.reconcile(Set.of(ID)));
        Files.delete(folder.resolve("net.d/a.conflist"));

        assertEquals(1, networks.reconcile(Set.of()).size());

        assertEquals("second DEL eth0 [] 10.0.0.5\nfirst DEL eth0 [] 10.0.0.5\n",
                Files.readString(folder.resolve("log")));
        assertFalse(Files.exists(folder.resolve("cni/" + ID + ".json")));
        assertEquals(List.of(), networks.added(ID));
    }

    @Test
    void whatCannotBeDeletedIsNotedStillAndTheOtherPluginsAreRun() throws Exception {
        program("second", "exit 1");

        List<String> said = networks().reconcile(Set.of());

        assertTrue(said.getFirst().contains("the CNI plugin second of the network net failed at DEL"),
                said.toString());
        assertTrue(Files.readString(folder.resolve("log")).contains("first DEL"));
        assertTrue(Files.exists(folder.resolve("cni/" + ID + ".json")));
    }

    @Test
    void aDamagedNoteIsToldAndKept() throws Exception {
        Path note = folder.resolve("cni/" + ID + ".json");
        Files.writeString(note, "{");

        assertTrue(networks().warnings().getFirst().startsWith(note + " is damaged"));
        assertTrue(Files.exists(note));
    }

    @Test
    void whatTheConfigurationCannotGiveIsRefused() throws Exception {
        PluginNetworks networks = networks();
        Files.writeString(folder.resolve("net.d/b.conf"), "{");

        networks.check(wish("net", List.of("10.0.0.9"), List.of()));
        assertEquals(List.of("net"), networks.names());
        assertTrue(assertThrows(CniException.class, () -> networks.check(wish("net", List.of(),
                List.of(new Port("", 80, 80, 80, "tcp"))))).getMessage()
                .contains("capability portMappings"));
        CniException absent = assertThrows(CniException.class,
                () -> networks.check(wish("other", List.of(), List.of())));
        assertEquals(CniException.Kind.NETWORK_NOT_FOUND, absent.kind());
        assertTrue(absent.getMessage().contains("b.conf"), absent.getMessage());
    }
}
