package runtime.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ImportChangesTest {

    private static ImageDefaults apply(String... instructions) throws ImageFormatException {
        return ImageChanges.apply(ImageDefaults.NONE, List.of(instructions));
    }

    private static void refuses(String instruction, String... words) {
        String message = assertThrows(ImageFormatException.class, () -> apply(instruction))
                .getMessage();
        assertTrue(message.startsWith("--change"), message);
        for (String word : words) {
            assertTrue(message.contains(word), message);
        }
    }

    @Test
    void programsInBothForms() throws Exception {
        assertEquals(List.of("a", "b c"), apply("CMD [\"a\", \"b c\"]").command());
        assertEquals(List.of("/bin/sh", "-c", "echo \"$HOME\" | cat"),
                apply("cmd echo \"$HOME\" | cat").command());
        assertEquals(List.of("/init"), apply("ENTRYPOINT [\"/init\"]").entrypoint());
        assertEquals(List.of("/bin/sh", "-c", "exec top"),
                apply("ENTRYPOINT exec top").entrypoint());
        assertEquals(List.of(), apply("CMD a", "CMD []").command());
    }

    @Test
    void whatIsNotQuiteJsonIsALineForTheShell() throws Exception {
        for (String line : List.of("[ -f /x ] && y", "['a']", "[\"a\", 1]", "[\"a\"] b",
                "[[\"a\"]]")) {
            assertEquals(List.of("/bin/sh", "-c", line), apply("CMD " + line).command());
        }
    }

    @Test
    void entrypointAndCommandDoNotDisturbEachOther() throws Exception {
        ImageDefaults defaults = apply("CMD [\"x\"]", "ENTRYPOINT [\"y\"]");
        assertEquals(List.of("x"), defaults.command());
        assertEquals(List.of("y"), defaults.entrypoint());
    }

    @Test
    void environmentInBothForms() throws Exception {
        assertEquals(List.of("A=1", "B=2 3", "C=x=y", "D="),
                apply("ENV A=1 B=\"2 3\" C=x=y D=").environment());
        assertEquals(List.of("A=b c  d"), apply("ENV A b c  d").environment());
        assertEquals(List.of("A=3", "B=2"), apply("ENV A=1 B=2", "ENV A=3").environment());
        assertEquals(List.of("A=it's", "B=a b"), apply("ENV A=\"it's\" B=a\\ b").environment());
    }

    @Test
    void variablesSetBeforeAreReplaced() throws Exception {
        assertEquals(List.of("A=1", "B=1-1-", "C=$A", "D=$A"),
                apply("ENV A=1", "ENV B=$A-${A}-$NONE C='$A' D=\\$A").environment());
        // All of one instruction sees the values from before it: Dockerfile reference.
        assertEquals(List.of("A=2", "B=1"), apply("ENV A=1", "ENV A=2 B=$A").environment());
        assertEquals("/else/x", apply("WORKDIR ${P:-/else}/x").workingFolder());
        assertEquals("bob", apply("ENV U=1", "USER ${U:+bob}").user());
        assertEquals(Set.of("80/tcp"), apply("ENV P=80", "EXPOSE $P").exposedPorts());
    }

    @Test
    void portsLabelsVolumes() throws Exception {
        assertEquals(Set.of("80/tcp", "53/udp", "8000/sctp", "8001/sctp"),
                apply("EXPOSE 80 53/UDP", "EXPOSE 8000-8001/sctp").exposedPorts());
        assertEquals(Map.of("a.b", "1", "c", "d e"), apply("LABEL a.b=1 \"c\"='d e'").labels());
        assertEquals(Map.of("a", "b c"), apply("LABEL a b c").labels());
        assertEquals(Set.of("/a", "/b c"), apply("VOLUME [\"/a\", \"/b c\"]").volumes());
        assertEquals(Set.of("/a", "/b"), apply("VOLUME /a /b").volumes());
    }

    @Test
    void userFolderSignal() throws Exception {
        assertEquals("1000:100", apply("USER 1000:100").user());
        assertEquals("/a/c d", apply("WORKDIR /a/b", "WORKDIR ../c d").workingFolder());
        assertEquals("/x", apply("WORKDIR x/").workingFolder());
        assertEquals("/", apply("WORKDIR ../..").workingFolder());
        assertEquals("SIGQUIT", apply("STOPSIGNAL SIGQUIT").stopSignal());
        assertEquals("9", apply("STOPSIGNAL 9").stopSignal());
    }

    @Test
    void linesAreJoinedAndSplit() throws Exception {
        assertEquals(List.of("A=1", "B=2"), apply("ENV A=1 \\\n  B=2").environment());
        ImageDefaults defaults = apply("# by hand\nUSER bob\n\nWORKDIR /w");
        assertEquals("bob", defaults.user());
        assertEquals("/w", defaults.workingFolder());
    }

    @Test
    void whatWasThereStays() throws Exception {
        ImageDefaults base = apply("ENV A=1", "LABEL l=1", "EXPOSE 1", "CMD x");
        ImageDefaults after = ImageChanges.apply(base, List.of("ENV B=2"));
        assertEquals(List.of("A=1", "B=2"), after.environment());
        assertEquals(base.labels(), after.labels());
        assertEquals(base.exposedPorts(), after.exposedPorts());
        assertEquals(base.command(), after.command());
    }

    @Test
    void whatIsNotSupportedIsNamed() {
        refuses("RUN make", "\"RUN\"", "CMD, ENTRYPOINT, ENV", "WORKDIR are");
        refuses("HEALTHCHECK NONE", "\"HEALTHCHECK\"");
        refuses("ONBUILD CMD x", "\"ONBUILD\"");
        refuses("CMD=[1]", "CMD=[1]");
        refuses(" ", "empty instruction");
    }

    @Test
    void whatIsNotWellFormedIsNamed() {
        refuses("CMD", "CMD needs an argument");
        refuses("ENV A", "NAME=VALUE");
        refuses("ENV =x", "a name");
        refuses("ENV A=1 B", "\"B\"");
        refuses("ENV A=\"x", "not closed");
        refuses("ENV A=${x", "not closed");
        refuses("ENV A=${x%y}", "not supported");
        refuses("LABEL a", "NAME=VALUE");
        refuses("EXPOSE 0", "\"0\"");
        refuses("EXPOSE 70000", "65535");
        refuses("EXPOSE 9-8", "\"9-8\"");
        refuses("EXPOSE 8080:80", "is no port");
        refuses("EXPOSE 1-65535", "more than 10000");
        refuses("USER a b", "exactly one");
        refuses("USER $NONE", "exactly one");
        refuses("VOLUME data", "absolute");
        refuses("STOPSIGNAL SIGNOPE", "no signal");
        refuses("WORKDIR \"\"", "path");
    }
}
