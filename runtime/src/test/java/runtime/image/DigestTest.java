package runtime.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestTest {
    private static final String EMPTY =
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @Test
    void parsesWhatItPrints() throws ImageFormatException {
        assertEquals(EMPTY, Digest.parse(EMPTY).toString());
        assertEquals(Digest.parse(EMPTY), Digest.of(new byte[0]));
        assertEquals("e3b0c44298fc", Digest.of(new byte[0]).shortHex());
        Digest long512 = Digest.of(Digest.Algorithm.SHA512, new byte[] {1});
        assertEquals(long512, Digest.parse(long512.toString()));
    }

    @Test
    void matchesOnlyItsOwnContent() {
        byte[] content = "layer".getBytes(StandardCharsets.UTF_8);
        assertTrue(Digest.of(content).matches(content));
        assertTrue(Digest.of(Digest.Algorithm.SHA512, content).matches(content));
        assertFalse(Digest.of(content).matches(new byte[0]));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "sha256", "sha256:", "sha256:abc", "md5:d41d8cd98f00b204",
        "sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
        "sha256:../../../../../../../../../../../../../../../../../etc/passwd0000",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 ",
        "SHA256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"})
    void refusesWhatIsNoDigest(String text) {
        assertThrows(ImageFormatException.class, () -> Digest.parse(text));
    }

    @Test
    void errorsCannotWriteToTheTerminal() {
        String message = assertThrows(ImageFormatException.class,
                () -> Digest.parse("sha256:\u001b[2J\u202e" + "x".repeat(10_000))).getMessage();
        assertFalse(message.contains("\u001b") || message.contains("\u202e"), message);
        assertTrue(message.length() < 400, message);
    }
}
