package overlaynet.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlaynet.ipam.Subnet;
import overlaynet.network.NetworkDefinition;

/** Networks on disk: what is written is read. */
class NetworkFoldersTest {
    @TempDir
    Path folder;

    /** A node's part of a network of nodes, with all that can be said of it. */
    static NetworkDefinition shared(String id, String name, int part) {
        Subnet block = Subnet.parse("10.203." + part + ".0/24");
        Subnet block6 = Subnet.parse("fd00:203:0:" + part + "::/64");
        return new NetworkDefinition(id, name, Instant.parse("2026-01-02T03:04:05.678Z"), block, block.at(1), Optional.empty(),
                Optional.of(new NetworkDefinition.Ipv6(block6, block6.at(1))), true, "jn-" + id.substring(0, 8),
                OptionalInt.of(1400), Map.of("tier", "web"), Map.of(), Optional.of(new NetworkDefinition.Shared(0x6a0007,
                        List.of(Subnet.parse("10.203.0.0/16"), Subnet.parse("fd00:203::/48")), true)));
    }

    @Test
    void aSharedNetworkIsReadAsItWasWritten() throws Exception {
        NetworkDefinition both = shared("ab".repeat(32), "front", 3);
        NetworkDefinition ipv4 = new NetworkDefinition("cd".repeat(32), "back", both.createdAt().plusSeconds(1),
                Subnet.parse("10.204.1.0/24"), InetAddress.ofLiteral("10.204.1.1"), Optional.empty(), Optional.empty(), false,
                "jn-cdcdcdcd", OptionalInt.empty(), Map.of(), Map.of(), Optional.of(new NetworkDefinition.Shared(0x6a0001,
                        List.of(Subnet.parse("10.204.0.0/16")), false, true)));
        NetworkDefinition alone = new NetworkDefinition("ef".repeat(32), "alone", both.createdAt().plusSeconds(2),
                Subnet.parse("10.205.0.0/24"), InetAddress.ofLiteral("10.205.0.9"), Optional.of(Subnet.parse("10.205.0.128/25")),
                Optional.empty(), false, "br-alone", OptionalInt.empty(), Map.of(), Map.of("a", "b"));
        NetworkFolders folders = new NetworkFolders(folder);
        for (NetworkDefinition each : List.of(alone, both, ipv4)) {
            folders.write(each);
        }
        NetworkFolders.Found found = new NetworkFolders(folder).read();
        assertEquals(List.of(both, ipv4, alone), found.definitions(), "in the order they were made");
        assertEquals(List.of(), found.warnings());
        folders.remove(both.id());
        assertEquals(List.of(ipv4, alone), folders.read().definitions());
    }

    @Test
    void whatIsDamagedIsLeftAloneAndSaid() throws Exception {
        NetworkDefinition front = shared("ab".repeat(32), "front", 3);
        new NetworkFolders(folder).write(front);
        Path file = folder.resolve(front.id()).resolve("definition.json");
        String text = Files.readString(file);
        for (String damage : List.of(text.substring(0, text.length() / 2), text.replace("10.203.0.0/16", "10.203.0.0"),
                text.replace("abab", "cdcd"))) {
            Files.writeString(file, damage);
            NetworkFolders.Found found = new NetworkFolders(folder).read();
            assertEquals(List.of(), found.definitions());
            assertEquals(1, found.warnings().size());
            assertTrue(found.warnings().getFirst().startsWith("the network in " + folder.resolve(front.id())
                    + " cannot be read and is left alone: "), found.warnings().toString());
            assertEquals(damage, Files.readString(file));
        }
    }
}
