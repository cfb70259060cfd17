package cli.lab.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabDescriptionTest {
    private LabDescription lab;

    @BeforeEach
    void describe() throws LabRefusal {
        lab = new LabRequest("lab", 3, "10.89.0.0/24", List.of("--advertise={address}", "--as={name}/{number}",
                "--first={first}")).describe(Path.of("/labs"), List.of());
    }

    @Test
    void aHostIsFoundByEitherName() throws LabRefusal {
        assertEquals(2, lab.host("node2").number());
        assertEquals(2, lab.host("lab-node2").number());
        LabRefusal refused = assertThrows(LabRefusal.class, () -> lab.host("node4"));
        assertTrue(refused.getMessage().contains("node1 to node3"), refused.getMessage());
    }

    @Test
    void theHostsFileNamesEveryHost() {
        assertTrue(lab.hostsFile().contains("10.89.0.2 lab-node2 node2\n"), lab.hostsFile());
        assertTrue(lab.hostsFile().contains("10.89.0.254 gateway\n"), lab.hostsFile());
    }

    @Test
    void anAgentsOptionsHaveItsOwnAddress() {
        assertEquals(List.of("agent", "--data-dir", "/labs/lab/node2/data", "--run-dir", "/labs/lab/node2/run",
                "--advertise=10.89.0.2", "--as=lab-node2/2", "--first=10.89.0.1"),
                AgentWords.of(lab, lab.host(2)));
    }

    @Test
    void hostsStandInTheSitesInTurn() throws LabRefusal {
        LabDescription sited = new LabRequest("lab", 5, "10.89.0.0/24", List.of("--x"), List.of("a", "b", "c"))
                .describe(Path.of("/labs"), List.of());
        assertEquals(List.of("a", "b", "c", "a", "b"), sited.hosts().stream().map(VirtualHost::site).toList());
        assertEquals(List.of("node2", "node5"), sited.hostsOf("b").stream().map(VirtualHost::shortName).toList());
        assertThrows(LabRefusal.class, () -> sited.hostsOf("d"));
        assertThrows(LabRefusal.class, () -> lab.hostsOf(""));
        assertEquals(List.of("--site", "b", "--y"), AgentWords.of(sited,
                sited.host(2).withAgentOptions(List.of("--y"))).subList(5, 8));
        assertEquals(sited, LabJson.read(LabJson.write(sited), Path.of("/labs/lab")));
    }

    @Test
    void aFaultReplacesOneOfItsKindOnTheSameWay() {
        LabDescription broken = lab.with(new Fault.Loss(1, 2, 100)).with(new Fault.Cut(1, 2))
                .with(new Fault.Loss(1, 2, 50)).with(new Fault.Loss(2, 1, 100));
        assertEquals(List.of(new Fault.Cut(1, 2), new Fault.Loss(1, 2, 50), new Fault.Loss(2, 1, 100)),
                broken.faults());
        assertEquals(List.of(), broken.healed(lab.host(2), lab.host(1)).faults());
        assertEquals(broken.faults(), broken.healed(lab.host(2), lab.host(3)).faults());
    }

    @Test
    void theReceiverDropsWhatTheSenderSends() {
        LabDescription broken = lab.with(new Fault.Cut(1, 2)).with(new Fault.Loss(3, 2, 1250));
        assertEquals("""
                add table inet lab_faults
                delete table inet lab_faults
                table inet lab_faults {
                    chain arriving {
                        type filter hook prerouting priority -310; policy accept;
                        iifname "eth0" ether saddr 02:6a:0a:59:00:01 counter drop
                        iifname "eth0" ether saddr 02:6a:0a:59:00:03 numgen random mod 10000 < 1250 counter drop
                    }
                }
                """, FaultRules.of(broken, broken.host(2)));
        assertEquals("add table inet lab_faults\ndelete table inet lab_faults\n",
                FaultRules.of(broken, broken.host(1)));
        LabDescription late = lab.with(new Fault.Latency(1, 2, 250_000_000)).with(new Fault.Latency(1, 3, 1_500_000))
                .with(new Fault.Latency(3, 2, 7));
        assertEquals("""
                add table inet lab_faults
                delete table inet lab_faults
                table inet lab_faults {
                    chain leaving {
                        type filter hook postrouting priority 310; policy accept;
                        oifname "eth0" rt ip nexthop 10.89.0.2 meta priority set 65539 counter
                        oifname "eth0" rt ip nexthop 10.89.0.3 meta priority set 65538 counter
                    }
                }
                """, FaultRules.of(late, late.host(1)));
        assertEquals(List.of(1_500_000L, 250_000_000L), FaultRules.delays(late, late.host(1)));
        assertEquals("250ms late from node1", late.faults().get(0).seenByReceiver());
        assertEquals("1.5ms late from node1", late.faults().get(1).seenByReceiver());
        assertEquals("loses 12.50% from node3", broken.faults().get(1).seenByReceiver());
    }

    @Test
    void whatIsWrittenIsRead() throws LabRefusal {
        Random random = new Random(7);
        LabDescription changed = lab.with(lab.host(2).powered(false))
                .with(lab.host(3).withAgentOptions(List.of("--a", "\"\\\n")));
        for (int i = 0; i < 20; i++) {
            int from = random.nextInt(1, 4);
            int to = random.nextInt(1, 4);
            changed = changed.with(switch (random.nextInt(3)) {
                case 0 -> new Fault.Cut(from, to);
                case 1 -> new Fault.Loss(from, to, random.nextInt(1, 10_001));
                default -> new Fault.Latency(from, to, random.nextLong(1, Fault.Latency.MOST_NANOS));
            });
            assertEquals(changed, LabJson.read(LabJson.write(changed), changed.folder()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{}", "null", "{\"name\":\"lab\"", "{\"name\":\"lab\",\"subnet\":\"x\"}",
        "{\"name\":\"lab\",\"subnet\":\"10.89.0.0/24\",\"hosts\":[{\"number\":0,\"agentOptions\":[]}],\"faults\":[]}",
        "{\"name\":\"lab\",\"subnet\":\"10.89.0.0/24\",\"hosts\":[{\"number\":1,\"agentOptions\":[1]}],\"faults\":[]}",
        "{\"name\":\"lab\",\"subnet\":\"10.89.0.0/24\",\"hosts\":[],\"faults\":[{\"kind\":\"cut\",\"from\":1,\"to\":2}]}",
        "{\"name\":\"other\",\"subnet\":\"10.89.0.0/24\",\"hosts\":[],\"faults\":[]}"})
    void whatDescribesNoLabIsRefused(String text) {
        LabRefusal refused = assertThrows(LabRefusal.class, () -> LabJson.read(text, Path.of("/labs/lab")));
        assertTrue(refused.getMessage().contains("does not describe a lab"), refused.getMessage());
    }
}
