package runtime.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ProxySelector;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentProxyTest {
    @ParameterizedTest
    @CsvSource({
        "https://quay.io/v2/, proxy.example:8080", "http://quay.io/v2/, plain.example:3128",
        "https://lan.example/, DIRECT", "https://a.lan.example/, DIRECT",
        "https://notlan.example/, proxy.example:8080", "https://dots.example/, DIRECT",
        "https://localhost:5000/, DIRECT", "https://127.0.0.1/, DIRECT", "https://[::1]/, DIRECT",
    })
    void choosesByAddress(String address, String proxy) {
        ProxySelector selector = EnvironmentProxy.of(Map.of(
                "https_proxy", "http://proxy.example:8080", "HTTP_PROXY", "plain.example",
                "NO_PROXY", "lan.example, .dots.example")).orElseThrow();
        String chosen = selector.select(URI.create(address)).getFirst().toString()
                .replace("/<unresolved>", "");
        assertTrue(chosen.contains(proxy), chosen);
    }

    @Test
    void withoutVariablesThereIsNone() {
        assertTrue(EnvironmentProxy.of(Map.of("NO_PROXY", "*", "HTTP_PROXY", "")).isEmpty());
        assertEquals("DIRECT", EnvironmentProxy.of(Map.of("HTTPS_PROXY", "p", "NO_PROXY", "*"))
                .orElseThrow().select(URI.create("https://x/")).getFirst().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"socks5://p:1", "http://u:p@p:1", "http://", "::"})
    void whatIsNotUnderstoodIsRefused(String address) {
        assertTrue(assertThrows(IllegalArgumentException.class,
                () -> EnvironmentProxy.of(Map.of("HTTPS_PROXY", address)))
                .getMessage().startsWith("HTTPS_PROXY"));
    }
}
