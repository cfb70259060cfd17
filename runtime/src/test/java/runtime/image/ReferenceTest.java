package runtime.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTest {
    private static final String DIGEST = "sha256:" + "ab".repeat(32);

    @ParameterizedTest
    @CsvSource({
        "debian, docker.io/library/debian:latest, debian:latest",
        "debian:12, docker.io/library/debian:12, debian:12",
        "docker.io/debian, docker.io/library/debian:latest, debian:latest",
        "index.docker.io/debian, docker.io/library/debian:latest, debian:latest",
        "docker.io/library/debian:12, docker.io/library/debian:12, debian:12",
        "grafana/loki, docker.io/grafana/loki:latest, grafana/loki:latest",
        "library/a/b, docker.io/library/a/b:latest, library/a/b:latest",
        "localhost/web, localhost/web:latest, localhost/web:latest",
        "localhost:5000/web, localhost:5000/web:latest, localhost:5000/web:latest",
        "quay.io/a/b_c/d--e:v1.0_x-Y, quay.io/a/b_c/d--e:v1.0_x-Y, quay.io/a/b_c/d--e:v1.0_x-Y",
        "127.0.0.1:5000/x, 127.0.0.1:5000/x:latest, 127.0.0.1:5000/x:latest",
        "[::1]:5000/x:y, [::1]:5000/x:y, [::1]:5000/x:y",
        "MyHost/x, MyHost/x:latest, MyHost/x:latest",
        "debian:5000, docker.io/library/debian:5000, debian:5000",
    })
    void completesShortNames(String typed, String full, String familiar)
            throws ImageFormatException {
        Reference reference = Reference.parse(typed);
        assertEquals(full, reference.toString());
        assertEquals(familiar, reference.familiar());
        assertEquals(reference, Reference.parse(reference.familiar()));
        assertEquals(reference, Reference.parse(reference.toString()));
    }

    @Test
    void keepsDigests() throws ImageFormatException {
        Reference pinned = Reference.parse("debian@" + DIGEST);
        assertEquals(Optional.empty(), pinned.tag());
        assertEquals("debian@" + DIGEST, pinned.familiar());
        Reference both = Reference.parse("h:1/debian:12@" + DIGEST);
        assertEquals(Optional.of("12"), both.tag());
        assertEquals("h:1/debian:12@" + DIGEST, both.toString());
        assertEquals(both, Reference.parse("h:1/debian:12").withDigest(Digest.parse(DIGEST)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "/", "@", "a:", "a/", "/a", "Debian", "a//b", "a..b", "a___b",
        "-a", "a-", ".a", "a:.b", "a:-b", "a b", "a:b c", "a@sha256:12", "a@b", "host:0/x",
        "host:70000/x", "host:/x", "-h.x/y", "a:b:c", "[::1/x", "http://host/x", "a.b/", "a/../b",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
    void refusesWhatIsNoName(String text) {
        assertThrows(ImageFormatException.class, () -> Reference.parse(text));
    }

    @Test
    void namesTheWrongPart() {
        String message = assertThrows(ImageFormatException.class,
                () -> Reference.parse("quay.io/Team/app:1")).getMessage();
        assertTrue(message.contains("\"Team\"") && message.contains("lower-case"), message);
    }

    @Test
    void longNamesAreRefusedQuickly() {
        for (String unit : new String[] {"a", "a-", "a.", "a/", "A-", "a_", "0.", "["}) {
            assertThrows(ImageFormatException.class,
                    () -> Reference.parse(unit.repeat(100_000) + "!"));
        }
    }

    @Test
    void randomTextNeverThrowsAnythingElse() {
        long seed = 20261123;
        Random random = new Random(seed);
        String letters = "aZ09._-/:@[]% \u00e9\u0000\ud800sha256";
        for (int round = 0; round < 50_000; round++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(24);
            for (int i = 0; i < length; i++) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            try {
                Reference reference = Reference.parse(text.toString());
                assertEquals(reference, Reference.parse(reference.familiar()),
                        () -> "seed " + seed + ": " + text);
            } catch (ImageFormatException expected) {
                assertTrue(!expected.getMessage().isEmpty());
            }
        }
    }
}
