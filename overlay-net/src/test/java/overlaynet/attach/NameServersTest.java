package overlaynet.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class NameServersTest {
    @Test
    void loopbackAndNonsenseAreLeftOut() {
        assertEquals(List.of(InetAddress.ofLiteral("192.0.2.53"),
                InetAddress.ofLiteral("2001:db8::53")),
                NameServers.parse("""
                        # a comment
                        search example.org
                        nameserver 127.0.0.53
                        nameserver   192.0.2.53 # trailing
                        nameserver\t2001:db8::53
                        nameserver ::1
                        nameserver fe80::1%eth0
                        nameserver 192.0.2.53
                        nameserver dns.example.org
                        nameserver
                        options ndots:1
                        """));
        assertEquals(List.of(), NameServers.parse(""));
    }
}
