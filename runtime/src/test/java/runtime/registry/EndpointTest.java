package runtime.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    private final RegistrySettings settings = RegistrySettings.standard();

    @Test
    void onlyVerifiedTlsByDefault() throws RegistryException {
        assertEquals(List.of("https://quay.io VERIFIED"), candidates("quay.io", settings, false));
        assertEquals(List.of("https://registry-1.docker.io VERIFIED"),
                candidates("docker.io", settings, false));
        assertEquals(List.of("https://127.evil.example VERIFIED"),
                candidates("127.evil.example", settings, false));
        assertEquals(List.of("https://localhost.example:5000 VERIFIED"),
                candidates("localhost.example:5000", settings, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "localhost:5000", "127.0.0.1", "127.1.2.3:80", "[::1]:9",
        "lab.example:5000", "LAN"})
    void loopbackAndInsecureOnesMayBePlain(String host) throws RegistryException {
        RegistrySettings own = settings.withInsecureRegistries(Set.of("lab.example:5000", "lan"));
        assertEquals(List.of("https://" + host + " ANY", "http://" + host + " ANY"),
                candidates(host, own, false));
    }

    @Test
    void anAuthorityOfItsOwnMeansVerified() throws RegistryException {
        assertEquals(List.of("https://localhost:5000 VERIFIED"),
                candidates("localhost:5000", settings, true));
        assertEquals(2, candidates("localhost:5000", settings.withTlsVerify(false), true).size());
        assertEquals(2, candidates("quay.io", settings.withTlsVerify(false), false).size());
    }

    @Test
    void mirrorsKeepTheirOrder() {
        RegistrySettings own = settings.withMirrors(Map.of("docker.io", List.of(
                URI.create("https://mirror.example/hub/"), URI.create("http://127.0.0.1:5000"))));
        assertEquals(List.of(URI.create("https://mirror.example/hub"),
                        URI.create("http://127.0.0.1:5000")),
                Endpoint.mirrors("docker.io", own).stream().map(Endpoint::base).toList());
        assertEquals(List.of(), Endpoint.mirrors("quay.io", own));
        assertThrows(IllegalArgumentException.class, () -> new Endpoint(
                URI.create("ftp://mirror.example"), Endpoint.Trust.VERIFIED, true));
    }

    private static List<String> candidates(String registry, RegistrySettings settings,
            boolean ownAuthorities) throws RegistryException {
        return Endpoint.candidates(registry, settings, ownAuthorities).stream()
                .map(endpoint -> endpoint.base() + " " + endpoint.trust()).toList();
    }
}
