package runtime.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpecRoundTripTest {
    /** The shape runc's own {@code runc spec} writes, with a few limits more. */
    static final String SAMPLE = """
            {
              "ociVersion": "1.2.0",
              "process": {
                "terminal": true,
                "user": {"uid": 0, "gid": 0},
                "args": ["sh"],
                "env": ["PATH=/usr/bin", "TERM=xterm"],
                "cwd": "/",
                "capabilities": {
                  "bounding": ["CAP_KILL", "CAP_NET_BIND_SERVICE"],
                  "effective": ["CAP_KILL"], "permitted": ["CAP_KILL"]
                },
                "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 18446744073709551615, "soft": 1024}],
                "noNewPrivileges": true,
                "somethingNew": {"ignored": true}
              },
              "root": {"path": "rootfs", "readonly": true},
              "hostname": "box",
              "mounts": [
                {"destination": "/proc", "type": "proc", "source": "proc"},
                {"destination": "/etc/hosts", "source": "/tmp/h", "options": ["rbind", "ro"]}
              ],
              "linux": {
                "resources": {
                  "devices": [{"allow": false, "access": "rwm"}],
                  "memory": {"limit": 1048576, "swap": -1},
                  "pids": {"limit": 10}
                },
                "namespaces": [{"type": "pid"}, {"type": "network", "path": "/run/netns/x"},
                  {"type": "mount"}, {"type": "uts"}],
                "maskedPaths": ["/proc/acpi"]
              }
            }
            """;

    @Test
    void readsWhatRuncWrites() throws SpecException {
        ContainerSpec spec = SpecParser.parse(SAMPLE);
        assertEquals(List.of("sh"), spec.process().args());
        assertEquals(Process.Rlimit.INFINITY, spec.process().rlimits().getFirst().hard());
        assertTrue(spec.mounts().get(1).isBind());
        assertEquals(1048576, spec.linux().resources().memory().limit().getAsLong());
        assertEquals("/run/netns/x",
                spec.linux().namespace(NamespaceType.NETWORK).orElseThrow().path().orElseThrow());
        assertEquals(spec, SpecParser.parse(SpecWriter.write(spec)));
    }

    @Test
    void writingAndReadingGivesTheSameSpec() throws SpecException {
        for (long seed = 0; seed < 300; seed++) {
            ContainerSpec spec =
                    new RandomRecords(new Random(seed)).of(ContainerSpec.class);
            String text = SpecWriter.write(spec);
            assertEquals(spec, SpecParser.parse(text), "seed " + seed);
            assertEquals(text, SpecWriter.write(SpecParser.parse(text)), "seed " + seed);
            assertEquals(spec.process(),
                    SpecParser.parseProcess(SpecWriter.writeProcess(spec.process())));
        }
    }

    @Test
    void reportsEveryWrongTypeAtOnceWithItsPath() {
        SpecException failure = assertThrows(SpecException.class, () -> SpecParser.parse("""
                {"ociVersion": 1, "process": {"args": ["a", 2], "cwd": "/", "user": {"uid": -1},
                 "capabilities": {"bounding": ["CAP_FLY"]}},
                 "mounts": [{}], "linux": {"namespaces": [{"type": "moon"}],
                 "resources": {"rdma": {"x": {}}}, "sysctl": {"a.b": 3}}}"""));
        assertEquals(List.of(
                "$.ociVersion: must be a string, not 1",
                "$.process.user.uid: must be between 0 and 4294967295, not -1",
                "$.process.args[1]: must be a string, not 2",
                "$.process.capabilities.bounding: unknown capability \"CAP_FLY\"; "
                        + "capabilities(7) lists them",
                "$.root: is missing; an object is required",
                "$.mounts[0].destination: is missing; a string is required",
                "$.linux.namespaces[0].type: unknown namespace \"moon\"; one of pid, network, "
                        + "mount, ipc, uts, user, cgroup, time is required",
                "$.linux.resources.rdma: limits of RDMA devices are not supported; remove it",
                "$.linux.sysctl['a.b']: must be a string, not 3"),
                failure.problems().stream().map(Problem::toString).toList());
    }

    @Test
    void refusesWhatIsNotOneJsonObject() {
        for (String text : List.of("", "[]", "null", "{} {}", "{\"a\":1,\"a\":2}", "{\"a\":",
                "[".repeat(100_000), "{\"a\":" + "9".repeat(100) + "}", "\u0000",
                "{\"a\":\"" + "x".repeat(1 << 21) + "\"}", " ".repeat(5 << 20))) {
            SpecException failure =
                    assertThrows(SpecException.class, () -> SpecParser.parse(text));
            assertEquals("$", failure.problems().getFirst().path());
        }
    }

    @Test
    void damagedTextNeverEscapesTheParser() {
        Random random = new Random(7);
        for (int round = 0; round < 1_000; round++) {
            StringBuilder text = new StringBuilder(SAMPLE);
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, (char) (32 + random.nextInt(95)));
                    case 1 -> text.delete(at, Math.min(text.length(), at + random.nextInt(30)));
                    default -> text.insert(at, List.of("null", "[", "{}", "-1", "1e9", "\"\"")
                            .get(random.nextInt(6)));
                }
            }
            try {
                SpecWriter.write(SpecParser.parse(text.toString()));
            } catch (SpecException expected) {
                assertTrue(!expected.problems().isEmpty(), "round " + round + ", seed 7");
            }
        }
    }
}
