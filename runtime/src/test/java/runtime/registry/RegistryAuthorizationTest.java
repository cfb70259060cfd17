package runtime.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import runtime.image.Manifest;
import runtime.registry.RegistryException.Reason;

/** Logins, tokens, redirects and mirrors: who gets to see which secret. */
class RegistryAuthorizationTest extends PullFixture {
    @Test
    void refusalsSayWhatToDo() {
        registry.always((request, wire) -> wire.reply(403, Map.of(), new byte[0]));
        assertTrue(fails(Reason.DENIED).getMessage()
                .contains("jctl login " + registry.host()));
        registry.always((request, wire) -> wire.reply(401, Map.of(), new byte[0]));
        assertTrue(fails(Reason.UNAUTHORIZED).getMessage().contains("wants a login"));
        registry.always((request, wire) -> wire.reply(401,
                Map.of("WWW-Authenticate", "Basic realm=\"x\""), new byte[0]));
        assertTrue(fails(Reason.UNAUTHORIZED).getMessage().contains("wants a login"));
        registry.always((request, wire) -> wire.reply(418, Map.of(), new byte[0]));
        fails(Reason.INVALID);
    }

    @Test
    void basicLoginIsGivenWhenAsked() throws Exception {
        String expected = "Basic " + Base64.getEncoder().encodeToString(
                "bob:sécret:1".getBytes(StandardCharsets.UTF_8));
        registry.always((request, wire) -> {
            if (request.header("Authorization").orElse("").equals(expected)) {
                registry.serve(request, wire);
            } else {
                wire.reply(401, Map.of("WWW-Authenticate", "Basic realm=\"x\""), new byte[0]);
            }
        });
        assertEquals(image.manifest(), pull("1", Optional.of(LOGIN)).content());
        assertWhole();
        new RegistryClient(settings).login(registry.host(), LOGIN);
        RegistryException failure = assertThrows(RegistryException.class,
                () -> new RegistryClient(settings).login(registry.host(),
                        new Credentials.Login("bob", "wrong")));
        assertTrue(failure.getMessage().contains("refused the login"), failure.getMessage());
        assertFalse(failure.getMessage().contains("wrong"), failure.getMessage());
        for (String registry : List.of("", "a b", "host/path", "http://x", "..")) {
            assertThrows(RegistryException.class,
                    () -> new RegistryClient(settings).login(registry, LOGIN));
        }
    }

    @Test
    void tokensAreFetchedAndRenewed() throws Exception {
        try (FakeRegistry tokens = new FakeRegistry()) {
            List<String> valid = new CopyOnWriteArrayList<>();
            tokens.always((request, wire) -> {
                valid.add("t" + valid.size());
                wire.reply(200, Map.of(), ("{\"token\":\"" + valid.getLast()
                        + "\",\"expires_in\":60}").getBytes(StandardCharsets.UTF_8));
            });
            registry.always((request, wire) -> {
                boolean expired = request.path().equals(layerPath(1)) && valid.size() < 2;
                if (!expired && !valid.isEmpty() && request.header("Authorization").orElse("")
                        .equals("Bearer " + valid.getLast())) {
                    registry.serve(request, wire);
                } else {
                    wire.reply(401, Map.of("WWW-Authenticate", "Bearer realm=\"" + tokens.base()
                            + "/token?x=1\",service=\"the registry\",error=\"invalid_token\""),
                            new byte[0]);
                }
            });
            pull();
            assertWhole();
            FakeRegistry.Request asked = tokens.requests().getFirst();
            assertEquals("x=1&service=the+registry&scope=repository%3Ateam%2Fapp%3Apull"
                    + "&client_id=jctl", asked.query());
            assertEquals(Optional.empty(), asked.header("Authorization"));
            assertEquals(2, tokens.requests().size());
        }
    }

    @Test
    void loginsGoToTheTokenServerNotToTheRegistry() throws Exception {
        try (FakeRegistry tokens = new FakeRegistry()) {
            tokens.always((request, wire) -> wire.reply(200, Map.of(),
                    "{\"access_token\":\"abc\"}".getBytes(StandardCharsets.UTF_8)));
            registry.always((request, wire) -> {
                if (request.header("Authorization").orElse("").equals("Bearer abc")) {
                    registry.serve(request, wire);
                } else {
                    wire.reply(401, Map.of("WWW-Authenticate", "Basic realm=\"x\", Bearer realm=\""
                            + tokens.base() + "/token\",service=s"), new byte[0]);
                }
            });
            assertEquals(image.manifest(), pull("1", Optional.of(LOGIN)).content());
            assertTrue(tokens.requests().getFirst().header("Authorization").orElseThrow()
                    .startsWith("Basic "));
            assertTrue(tokens.requests().getFirst().query().contains("account=bob"));
            assertTrue(registry.requests().stream().noneMatch(request ->
                    request.header("Authorization").orElse("").startsWith("Basic ")));
            pull("1", Optional.of(new Credentials.IdentityToken("r/1")));
            FakeRegistry.Request refresh = tokens.requests().getLast();
            assertEquals("POST", refresh.method());
            assertEquals("grant_type=refresh_token&client_id=jctl&refresh_token=r%2F1&service=s"
                    + "&scope=repository%3Ateam%2Fapp%3Apull",
                    new String(refresh.body(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void maliciousTokenServersAreSurvived() throws Exception {
        try (FakeRegistry tokens = new FakeRegistry()) {
            registry.always((request, wire) -> wire.reply(401, Map.of("WWW-Authenticate",
                    "Bearer realm=\"" + tokens.base() + "/token\""), new byte[0]));
            for (String reply : List.of("", "[]", "{}", "{\"token\":1}", "{\"token\":\"\"}",
                    "{\"token\":\"a\\r\\nX-Evil: 1\"}", "{\"token\":\"\\u00e9\"}",
                    "{\"a\":".repeat(5000), " ".repeat(2 << 20))) {
                tokens.always((request, wire) -> wire.reply(200, Map.of(),
                        reply.getBytes(StandardCharsets.UTF_8)));
                fails(Reason.INVALID);
            }
            tokens.always((request, wire) -> wire.reply(401, Map.of(), new byte[0]));
            fails(Reason.UNAUTHORIZED);
            tokens.always((request, wire) -> wire.reply(302,
                    Map.of("Location", tokens.base() + "/again"), new byte[0]));
            fails(Reason.INVALID);
        }
        for (String realm : List.of("file:///etc/passwd", "/token", "http://", "http:///x", "::",
                "http://user:pw@127.0.0.1/", "ftp://127.0.0.1/", "jar:http://x!/y")) {
            registry.always((request, wire) -> wire.reply(401, Map.of("WWW-Authenticate",
                    "Bearer realm=\"" + realm + "\""), new byte[0]));
            assertTrue(fails(Reason.INVALID).getMessage().contains("authorization server"));
        }
    }

    @Test
    void redirectsAreFollowedWithoutTheLogin() throws Exception {
        try (FakeRegistry storage = new FakeRegistry()) {
            storage.put("/signed", "application/octet-stream", image.layerBytes(0));
            registry.always((request, wire) -> {
                if (request.header("Authorization").isEmpty()) {
                    wire.reply(401, Map.of("WWW-Authenticate", "Basic realm=\"x\""), new byte[0]);
                } else if (request.path().equals(layerPath(0))) {
                    wire.reply(307, Map.of("Location", storage.base() + "/signed?key=1"),
                            new byte[0]);
                } else if (request.path().equals(layerPath(1))) {
                    wire.reply(302, Map.of("Location", "/elsewhere"), new byte[0]);
                } else if (request.path().equals("/elsewhere")) {
                    wire.reply(200, Map.of(), image.layerBytes(1));
                } else {
                    registry.serve(request, wire);
                }
            });
            pull("1", Optional.of(LOGIN));
            assertWhole();
            assertEquals(Optional.empty(), storage.requests().getFirst().header("Authorization"));
            assertTrue(registry.requests("/elsewhere").getFirst().header("Authorization")
                    .isPresent());
        }
    }

    @Test
    void badRedirectsAreRefused() {
        for (String location : List.of("file:///etc/passwd", "http://:80/", "::", "ftp://x/",
                "http://u:p@127.0.0.1/", "/v2/team/app/blobs/" + image.layer(0).digest())) {
            registry.always((request, wire) -> {
                if (request.path().equals(layerPath(0))) {
                    wire.reply(307, Map.of("Location", location), new byte[0]);
                } else {
                    registry.serve(request, wire);
                }
            });
            fails(Reason.INVALID);
        }
    }

    @Test
    void proxiesCarryTheRequests() throws Exception {
        registry.always((request, wire) -> {
            if (request.method().equals("CONNECT")) {
                wire.reply(405, Map.of(), new byte[0]);
                return;
            }
            registry.serve(new FakeRegistry.Request(request.method(),
                    request.path().replace("http://far.invalid", ""), request.query(),
                    request.headers(), request.body()), wire);
        });
        settings = settings.withInsecureRegistries(Set.of("far.invalid")).withProxy(
                EnvironmentProxy.of(Map.of("http_proxy", registry.host(),
                        "https_proxy", registry.host())).orElseThrow());
        assertEquals(image.manifest(), pullFrom("far.invalid/team/app:1").content());
        assertWhole();
        assertTrue(registry.requests().getLast().path().startsWith("http://far.invalid/v2/"));
    }

    @Test
    void mirrorsComeFirstAndGetNoLogin() throws Exception {
        try (FakeRegistry mirror = new FakeRegistry(); FakeRegistry dead = new FakeRegistry()) {
            dead.always((request, wire) -> wire.reply(404, Map.of(), new byte[0]));
            mirror.putImage(image, "team/app", "1");
            settings = settings.withMirrors(Map.of(registry.host(),
                    List.of(dead.base(), java.net.URI.create(mirror.base() + "/"))));
            pull("1", Optional.of(LOGIN));
            assertWhole();
            assertEquals(List.of(), registry.requests());
            assertEquals(1, dead.requests().size());
            assertTrue(mirror.requests().stream().allMatch(
                    request -> request.header("Authorization").isEmpty()));
            mirror.always((request, wire) -> wire.drop());
            Manifest other = SampleImage.of(9, 10).manifest();
            registry.putImage(SampleImage.of(9, 10), "team/app", "2");
            assertEquals(other, pull("2").content());
        }
    }
}
