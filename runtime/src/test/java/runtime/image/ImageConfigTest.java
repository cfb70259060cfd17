package runtime.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageConfigTest {
    private static final String ID = "sha256:" + "a".repeat(64);
    private static final String FULL = """
            {"architecture":"arm64","os":"linux","variant":"v8","author":"me",
             "created":"2024-05-06T07:08:09.123456789+02:00",
             "config":{"User":"1:2","ExposedPorts":{"80/tcp":{}},"Env":["A=1"],"Cmd":["c"],
              "Entrypoint":["e"],"Volumes":{"/v":{}},"WorkingDir":"/w","Labels":{"l":"1"},
              "StopSignal":"SIGINT","Shell":["/bin/sh","-c"],
              "Healthcheck":{"Test":["CMD","true"],"Interval":1000000000,"Retries":3}},
             "rootfs":{"type":"layers","diff_ids":["%s"]},
             "history":[{"created_by":"RUN x","empty_layer":true,"comment":"why"},
              {"created_by":"COPY"}]}""".formatted(ID);

    private static ImageConfig parse(String json) throws ImageFormatException {
        return ImageConfig.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void everyFieldIsRead() throws Exception {
        ImageConfig config = parse(FULL);
        assertEquals("linux/arm64", config.platform().toString());
        assertEquals(Optional.of(Instant.parse("2024-05-06T05:08:09.123456789Z")),
                config.created());
        ImageDefaults defaults = config.defaults();
        assertEquals("1:2", defaults.user());
        assertEquals("80/tcp", defaults.exposedPorts().first());
        assertEquals(List.of("A=1"), defaults.environment());
        assertEquals(List.of("e"), defaults.entrypoint());
        assertEquals(List.of("c"), defaults.command());
        assertEquals("/v", defaults.volumes().first());
        assertEquals("/w", defaults.workingFolder());
        assertEquals("1", defaults.labels().get("l"));
        assertEquals("SIGINT", defaults.stopSignal());
        assertEquals(Duration.ofSeconds(1), defaults.healthCheck().orElseThrow().interval());
        assertEquals(List.of("/bin/sh", "-c"), defaults.shell());
        assertTrue(config.history().getFirst().emptyLayer());
        assertEquals("COPY", config.history().get(1).createdBy());
    }

    @Test
    void whatIsWrittenIsReadAgain() throws Exception {
        ImageConfig config = parse(FULL);
        assertEquals(config, ImageConfig.parse(config.toJson()));
    }

    @Test
    void dockersNullsAreNothing() throws Exception {
        ImageConfig config = parse("""
                {"architecture":"amd64","os":"linux","config":{"Env":null,"Cmd":null,
                 "Volumes":null,"Labels":null,"ExposedPorts":null,"Healthcheck":null},
                 "rootfs":{"type":"layers","diff_ids":[]}}""");
        assertEquals(ImageDefaults.NONE, config.defaults());
        assertEquals(List.of(), config.chainIds());
    }

    @Test
    void chainIdsAreThoseOfTheSpecification() throws Exception {
        Digest a = Digest.of(new byte[] {1});
        Digest b = Digest.of(new byte[] {2});
        ImageConfig config = new ImageConfig(Platform.linux("amd64"), Optional.empty(), "",
                ImageDefaults.NONE, List.of(a, b), List.of());
        Digest both = Digest.of((a + " " + b).getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of(a, both), config.chainIds());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "null", "{\"os\":\"linux\",\"architecture\":\"a\"}",
        "{\"os\":\"linux\",\"architecture\":\"a\",\"rootfs\":{\"diff_ids\":[\"sha256:x\"]}}",
        "{\"os\":\"linux\",\"architecture\":\"a\",\"rootfs\":{\"diff_ids\":[]},\"created\":\"x\"}",
        "{\"os\":\"linux\",\"architecture\":\"a\",\"rootfs\":{},\"config\":{\"Env\":\"A\"}}",
        "{\"os\":\"linux\",\"architecture\":\"a\",\"rootfs\":{},\"config\":"
            + "{\"Healthcheck\":{\"Interval\":-1}}}"})
    void brokenDocumentsAreRefused(String json) {
        assertTrue(assertThrows(ImageFormatException.class, () -> parse(json))
                .getMessage().length() > 10);
    }
}
