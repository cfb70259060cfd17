package overlaynet.ipam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SubnetTest {
    @Test
    void textIsReadBack() {
        for (String text
                : List.of("10.88.0.0/16", "0.0.0.0/0", "192.0.2.7/32", "fd00:88:0:0:0:0:0:0/64")) {
            assertEquals(text, Subnet.parse(text).toString());
        }
        for (String text : List.of("", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.1/8", "x/8",
                "10.0.0.0/-1", "fd00::/129", "10.0.0/8/8", "localhost/8", "10.0.0.0/99999999999")) {
            assertThrows(IllegalArgumentException.class, () -> Subnet.parse(text), text);
        }
    }

    @Test
    void overlap() {
        Subnet wide = Subnet.parse("10.0.0.0/8");
        Subnet narrow = Subnet.parse("10.88.0.0/16");
        assertTrue(wide.overlaps(narrow) && narrow.overlaps(wide) && narrow.overlaps(narrow));
        assertFalse(narrow.overlaps(Subnet.parse("10.89.0.0/16")));
        assertFalse(Subnet.parse("0.0.0.0/0").overlaps(Subnet.parse("fd00::/8")));
    }

    @Test
    void offsetsAndAddressesAgree() {
        Random random = new Random(7);
        for (int round = 0; round < 10_000; round++) {
            byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(bytes);
            InetAddress address;
            try {
                address = InetAddress.getByAddress(bytes);
            } catch (UnknownHostException impossible) {
                throw new AssertionError(impossible);
            }
            int bits = bytes.length * 8;
            Subnet subnet =
                    Subnet.containing(address, random.nextInt(Math.max(0, bits - 40), bits + 1));
            assertTrue(subnet.contains(address));
            assertEquals(address, subnet.at(subnet.offsetOf(address)));
        }
    }

    @Test
    void choiceAvoidsWhatTheHostReaches() {
        assertEquals(Optional.of(Subnet.parse("10.144.0.0/16")),
                SubnetChoice.choose(SubnetChoice.candidates(),
                        List.of(Subnet.parse("192.0.2.0/24"))));
        assertEquals(Optional.of(Subnet.parse("10.146.0.0/16")),
                SubnetChoice.choose(SubnetChoice.candidates(),
                        List.of(Subnet.parse("10.144.9.0/24"), Subnet.parse("10.145.0.1/32"))));
        assertEquals(Optional.of(Subnet.parse("172.24.0.0/16")),
                SubnetChoice.choose(SubnetChoice.candidates(),
                        List.of(Subnet.parse("10.0.0.0/8"))));
        assertEquals(Optional.empty(),
                SubnetChoice.choose(SubnetChoice.candidates(), List.of(Subnet.parse("0.0.0.0/0"))));
    }
}
