package runtime.systemd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Messages as bytes, by the D-Bus specification. */
class BusMessageTest {
    private static final Map<Integer, String> HELLO = Map.of(BusMessage.PATH, "/org/freedesktop/DBus",
            BusMessage.INTERFACE, "org.freedesktop.DBus", BusMessage.MEMBER, "Hello",
            BusMessage.DESTINATION, "org.freedesktop.DBus");

    private static BusMessage decode(byte[] bytes) throws IOException {
        int head = (int) BusMessage.headBytes(bytes);
        assertEquals(bytes.length, BusMessage.sizeBytes(bytes));
        return BusMessage.decodeHead(Arrays.copyOf(bytes, head))
                .withBody(Arrays.copyOfRange(bytes, head, bytes.length));
    }

    /** As GLib's Gio.DBusMessage writes it. */
    @Test
    void aCallIsReadAsItWasWritten() throws Exception {
        byte[] bytes = HexFormat.of().parseHex("6c01000100000000010000006e00000001016f00150000002f6f72672f667265656465736b746f"
                + "702f4442757300000002017300140000006f72672e667265656465736b746f702e444275730000"
                + "000006017300140000006f72672e667265656465736b746f702e44427573000000000301730005"
                + "00000048656c6c6f000000");
        BusMessage call = decode(bytes);
        assertEquals(HELLO, call.header());
        assertEquals(BusMessage.call(1, HELLO, new byte[0]).encode().length, bytes.length);
    }

    /** As Gio.DBusMessage writes it on a machine of the other byte order. */
    @Test
    void aSignalOfTheOtherByteOrderIsRead() throws Exception {
        BusMessage signal = decode(HexFormat.of().parseHex("4204010100000025000000030000004301016f00000000022f7000000000000002017300000000"
                + "03612e6200000000000801670004756f737300000000000000030173000000000a4a6f6252656d"
                + "6f76656400000000000000000009000000062f6a6f622f39000000000007752e73636f70650000"
                + "000004646f6e6500"));
        assertEquals(BusMessage.SIGNAL, signal.kind());
        assertEquals("JobRemoved", signal.field(BusMessage.MEMBER));
        assertEquals(List.of("9", "/job/9", "u.scope", "done"), signal.texts());
    }

    @Test
    void whatIsWrittenIsRead() throws Exception {
        BusMessage message = new BusMessage(BusMessage.SIGNAL, 7,
                Map.of(BusMessage.MEMBER, "JobRemoved", BusMessage.REPLY_SERIAL, "3",
                        BusMessage.SIGNATURE, "uoss"),
                new BusWriter().u32(9).text("/job/9").text("a.scope").text("done").toBytes(),
                ByteOrder.LITTLE_ENDIAN);
        byte[] bytes = message.encode();
        BusMessage read = decode(bytes);
        assertEquals(bytes.length, BusMessage.sizeBytes(Arrays.copyOf(bytes, 16)));
        assertEquals(message.header(), read.header());
        assertEquals(List.of("9", "/job/9", "a.scope", "done"), read.texts());
    }

    /** The body that Gio.DBusMessage makes of the same values. */
    @Test
    void theBodyOfAStartIsAligned() {
        Map<String, BusValue> properties = new java.util.LinkedHashMap<>();
        properties.put("A", new BusValue.Truth(true));
        properties.put("Ps", new BusValue.Numbers(List.of(5, 6)));
        properties.put("T", new BusValue.Unsigned64(-1));
        properties.put("S", new BusValue.Text("x"));
        assertEquals("07000000752e73636f706500040000006661696c00000000520000000000000001000000410001"
                + "620000000001000000020000005073000261750000080000000500000006000000010000005400"
                + "01740000000000000000ffffffffffffffff010000005300017300000000010000007800000000"
                + "000000",
                HexFormat.of().formatHex(new BusWriter().text("u.scope").text("fail")
                        .properties(properties).u32(0).align(Long.BYTES).toBytes()));
    }

    @Test
    void noMessageThatIsCutOrTooLargeIsRead() throws Exception {
        byte[] bytes = BusMessage.call(1, HELLO, new byte[0]).encode();
        for (int length = 17; length < bytes.length - 8; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThrows(IOException.class, () -> BusMessage.decodeHead(cut), "of " + length);
        }
        byte[] large = Arrays.copyOf(bytes, 16);
        Arrays.fill(large, 4, 8, (byte) 0xff);
        assertThrows(IOException.class, () -> BusMessage.sizeBytes(large));
        ByteBuffer.wrap(large).order(ByteOrder.LITTLE_ENDIAN)
                .putInt(4, (128 << 20) - (int) BusMessage.headBytes(large));
        assertEquals(128 << 20, BusMessage.sizeBytes(large));
        large[0] = 'x';
        assertThrows(IOException.class, () -> BusMessage.sizeBytes(large));
    }

    @Test
    void aScopesNameIsSlicePrefixAndName() {
        assertEquals(new ScopeName("machine.slice", "libpod-4f.scope"),
                ScopeName.parse("machine.slice:libpod:4f", "system.slice"));
        assertEquals(new ScopeName("system.slice", "4f.scope"), ScopeName.parse("::4f", "system.slice"));
        for (String wrong : List.of("/a/b", "a:b", "machine:p:n", "a.slice:p:", "a.slice:p:b/../c",
                "--.slice:p:n", "a.slice:p:n.slice", "a.slice:p:n:o")) {
            assertThrows(IllegalArgumentException.class, () -> ScopeName.parse(wrong, "system.slice"), wrong);
        }
    }

    @Test
    void annotationsAreProperties() {
        assertEquals(Map.of("TimeoutStopUSec", new BusValue.Unsigned64(90),
                "KillSignal", new BusValue.Signed32(37), "CollectMode", new BusValue.Text("inactive"),
                "SendSIGHUP", new BusValue.Truth(true)),
                UnitProperty.of(Map.of("org.systemd.property.TimeoutStopUSec", "uint64 90",
                        "org.systemd.property.KillSignal", "37",
                        "org.systemd.property.CollectMode", "'inactive'",
                        "org.systemd.property.SendSIGHUP", "true", "note", "x")));
        assertThrows(IllegalArgumentException.class,
                () -> UnitProperty.of(Map.of("org.systemd.property.X", "[1, 2]")));
    }

    @Test
    void theUsersBusIsWhereTheEnvironmentSays() {
        assertEquals("/run/dbus/system_bus_socket", BusAddress.system(Map.of()).toString());
        assertEquals("/b", BusAddress.user(Map.of("DBUS_SESSION_BUS_ADDRESS",
                "tcp:host=x;unix:path=/b,guid=1")).toString());
        assertEquals("/run/user/7/bus",
                BusAddress.user(Map.of("XDG_RUNTIME_DIR", "/run/user/7")).toString());
        assertThrows(IllegalArgumentException.class, () -> BusAddress.user(Map.of()));
    }
}
