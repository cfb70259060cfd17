package clusterd.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final Admission HERE = new Admission(new InetSocketAddress("192.0.2.1", 2380), "secret");

    private static int refusal(Admission admission, String... headers) {
        return admission.refusal(map(headers)::get).map(Admission.Refusal::status).orElse(0);
    }

    private static int ofData(String... headers) {
        return HERE.refusalOfData(map(headers)::get).map(Admission.Refusal::status).orElse(0);
    }

    private static Map<String, String> map(String... headers) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            map.put(headers[i], headers[i + 1]);
        }
        return map;
    }

    @Test
    void isSeenUnderItsOwnAddressAndLoopback() {
        for (String host : new String[] {"192.0.2.1:2380", "192.0.2.1", "localhost:8080", "127.0.0.1:1", "[::1]:2380"}) {
            assertEquals(0, refusal(HERE, "Host", host), host);
        }
        for (String host : new String[] {"evil.example", "192.0.2.2:2380", "localhost.evil.example:2380",
            "192.0.2.1.evil.example", "", ":2380", "[::2]"}) {
            assertEquals(403, refusal(HERE, "Host", host), host);
        }
        assertEquals(403, refusal(HERE), "no name at all");
    }

    @Test
    void ofEveryAddressOfTheHostOnlyNamesAreRefused() {
        Admission everywhere = new Admission(new InetSocketAddress("0.0.0.0", 2380), "secret");
        assertEquals(0, refusal(everywhere, "Host", "198.51.100.7:2380"));
        assertEquals(0, refusal(everywhere, "Host", "[2001:db8::1]:2380"));
        assertEquals(403, refusal(everywhere, "Host", "evil.example:2380"));
    }

    @Test
    void isSeenByItsOwnPages() {
        assertEquals(0, refusal(HERE, "Host", "localhost:2380", "Origin", "http://localhost:2380"));
        for (String origin : new String[] {"http://evil.example", "null", "https://localhost:2380",
            "http://localhost:81"}) {
            assertEquals(403, refusal(HERE, "Host", "localhost:2380", "Origin", origin), origin);
        }
        assertEquals(403, ofData("Cookie", "jctl_dashboard_2380=secret", "Sec-Fetch-Site", "cross-site"));
        assertEquals(0, ofData("Cookie", "jctl_dashboard_2380=secret", "Sec-Fetch-Site", "same-origin"));
        assertEquals(0, ofData("Cookie", "jctl_dashboard_2380=secret", "Sec-Fetch-Site", "none"));
    }

    @Test
    void isSeenByWhoHasTheToken() {
        assertEquals(0, ofData("Cookie", "a=b; jctl_dashboard_2380=secret; c"));
        for (String cookie : new String[] {"", "jctl_dashboard_2380=", "jctl_dashboard_2380=secre",
            "jctl_dashboard_2381=secret", "secret", "x=jctl_dashboard_2380=secret"}) {
            assertEquals(401, ofData("Cookie", cookie), cookie);
        }
        assertEquals(401, ofData());
        assertTrue(HERE.isToken("secret"));
        assertFalse(HERE.isToken("secret "));
    }
}
