package runtime.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DockerConfigTest {
    private static final String FILE = """
            {"auths": {
               "https://index.docker.io/v1/": {"auth": "Ym9iOnM6Mw=="},
               "localhost:5000": {"username": "eve", "password": "pw"},
               "quay.io": {"auth": "eDp5", "identitytoken": "refresh"},
               "empty.example": {}},
             "credHelpers": {"gcr.io": "gcloud"}, "credsStore": "desktop"}""";

    @Test
    void findsLoginsByHost() throws IOException {
        DockerConfig config = parse(FILE);
        assertEquals(Optional.of(new Credentials.Login("bob", "s:3")),
                config.credentials("docker.io"));
        assertEquals(Optional.of(new Credentials.Login("eve", "pw")),
                config.credentials("localhost:5000"));
        assertEquals(Optional.of(new Credentials.IdentityToken("refresh")),
                config.credentials("quay.io"));
        assertEquals(Optional.empty(), config.credentials("empty.example"));
        assertEquals(Optional.empty(), config.credentials("localhost"));
        assertEquals(Optional.of("desktop"), config.credentialStore());
        assertTrue(assertThrows(IOException.class, () -> config.credentials("gcr.io"))
                .getMessage().contains("jctl login gcr.io"));
    }

    @Test
    void brokenFilesAreNamedWithoutTheirSecrets() {
        for (String json : new String[] {"{\"auths\":{\"x\":{\"auth\":\"s3cret!\"}}}",
            "{\"auths\":{\"x\":{\"auth\":\"czNjcmV0\"}}}", "{\"auths\": s3cret", "{\"a\":"}) {
            String message = assertThrows(IOException.class, () -> parse(json)).getMessage();
            assertFalse(message.contains("s3cret"), message);
        }
        assertFalse(new Credentials.Login("bob", "s3cret").toString().contains("s3cret"));
        assertFalse(new Credentials.IdentityToken("s3cret").toString().contains("s3cret"));
    }

    @Test
    void anyBytesAreSurvived() {
        Random random = new Random(11);
        for (int round = 0; round < 5_000; round++) {
            byte[] bytes = FILE.getBytes(StandardCharsets.UTF_8);
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            try {
                assertTrue(DockerConfig.parse(bytes).credentials("nowhere").isEmpty());
            } catch (IOException expected) {
                assertTrue(expected.getMessage().startsWith("docker"), expected.getMessage());
            }
        }
    }

    private static DockerConfig parse(String json) throws IOException {
        return DockerConfig.parse(json.getBytes(StandardCharsets.UTF_8));
    }
}
