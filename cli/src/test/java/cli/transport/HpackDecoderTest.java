package cli.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HpackDecoderTest {

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private static List<Header> fields(String... namesAndValues) {
        List<Header> headers = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add(new Header(namesAndValues[i], namesAndValues[i + 1]));
        }
        return headers;
    }

    private static void check(HpackDecoder decoder, String block, int tableBytes, String... fields)
            throws ProtocolException {
        assertEquals(fields(fields), decoder.decode(hex(block)));
        assertEquals(tableBytes, decoder.tableBytes());
    }

    @Test
    void rfc7541AppendixC2SingleFields() throws ProtocolException {
        check(new HpackDecoder(8192), "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572",
                55, "custom-key", "custom-header");
        check(new HpackDecoder(8192), "040c 2f73 616d 706c 652f 7061 7468", 0,
                ":path", "/sample/path");
        check(new HpackDecoder(8192), "1008 7061 7373 776f 7264 0673 6563 7265 74", 0,
                "password", "secret");
        check(new HpackDecoder(8192), "82", 0, ":method", "GET");
    }

    @Test
    void rfc7541AppendixC3RequestsWithoutHuffman() throws ProtocolException {
        HpackDecoder decoder = new HpackDecoder(8192);
        check(decoder, "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d", 57,
                ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "www.example.com");
        check(decoder, "8286 84be 5808 6e6f 2d63 6163 6865", 110,
                ":method", "GET", ":scheme", "http", ":path", "/",
                ":authority", "www.example.com", "cache-control", "no-cache");
        check(decoder, "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
                164, ":method", "GET", ":scheme", "https", ":path", "/index.html",
                ":authority", "www.example.com", "custom-key", "custom-value");
    }

    @Test
    void rfc7541AppendixC4RequestsWithHuffman() throws ProtocolException {
        HpackDecoder decoder = new HpackDecoder(8192);
        check(decoder, "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff", 57,
                ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "www.example.com");
        check(decoder, "8286 84be 5886 a8eb 1064 9cbf", 110,
                ":method", "GET", ":scheme", "http", ":path", "/",
                ":authority", "www.example.com", "cache-control", "no-cache");
        check(decoder, "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf", 164,
                ":method", "GET", ":scheme", "https", ":path", "/index.html",
                ":authority", "www.example.com", "custom-key", "custom-value");
    }

    @Test
    void rfc7541AppendixC6ResponsesWithHuffmanAndEviction() throws ProtocolException {
        HpackDecoder decoder = new HpackDecoder(8192);
        String date = "Mon, 21 Oct 2013 20:13:21 GMT";
        // The appendix agrees on a table of 256 octets; here a size update (§6.3) says so.
        check(decoder, "3fe1 01 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504"
                + "0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3", 222,
                ":status", "302", "cache-control", "private", "date", date,
                "location", "https://www.example.com");
        check(decoder, "4883 640e ffc1 c0bf", 222, ":status", "307", "cache-control", "private",
                "date", date, "location", "https://www.example.com");
        check(decoder, "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b"
                + "d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5"
                + "291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07", 215,
                ":status", "200", "cache-control", "private",
                "date", "Mon, 21 Oct 2013 20:13:22 GMT",
                "location", "https://www.example.com", "content-encoding", "gzip",
                "set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1");
    }

    @Test
    void whatRfc7541ForbidsIsRefused() {
        String[] blocks = {
            "80", // index 0
            "be", // beyond the static table, dynamic one empty
            "ff ff ff ff ff 0f", // an integer without end
            "40 0a 63", // a name cut short
            "82 20", // table size update after a header
            "3f e2 1f", // table of 4097 octets
            "40 81 ff 01 61", // padding of 8 bits
            "40 81 18 01 61", // padding of zeros: 'a' (00011) and 000
            "40 84 ff ff ff ff 01 61", // end-of-string symbol
            "7f", // cut inside an integer
        };
        for (String block : blocks) {
            assertThrows(ProtocolException.class,
                    () -> new HpackDecoder(8192).decode(hex(block)), block);
        }
    }

    @Test
    void aListAboveTheLimitIsRefused() {
        String many = "82".repeat(300);
        assertThrows(ProtocolException.class, () -> new HpackDecoder(8192).decode(hex(many)));
    }

    @Test
    void anEntryLargerThanTheTableEmptiesIt() throws ProtocolException {
        HpackDecoder decoder = new HpackDecoder(8192);
        check(decoder, "3f 09 40 01 61 01 62", 34, "a", "b");
        check(decoder, "40 05 61 61 61 61 61 05 62 62 62 62 62", 0, "aaaaa", "bbbbb");
    }

    @Test
    void randomOctetsNeverBreakIt() {
        Random random = new Random(7541);
        int rounds = 20_000;
        int refused = 0;
        for (int round = 0; round < rounds; round++) {
            byte[] block = new byte[random.nextInt(40)];
            random.nextBytes(block);
            HpackDecoder decoder = new HpackDecoder(4096);
            try {
                decoder.decode(block);
                decoder.decode(block);
            } catch (ProtocolException e) {
                refused++;
            }
        }
        assertTrue(refused > 0 && refused < rounds, refused + " of " + rounds + " were refused");
    }

    @Test
    void theEncodersBlockDecodes() throws ProtocolException {
        String path = "/jctl.node.v1.Node/" + "M".repeat(300);
        assertEquals(fields(":method", "POST", ":scheme", "http", ":path", path,
                ":authority", "localhost", "content-type", "application/grpc", "te", "trailers",
                "user-agent", "jctl"), new HpackDecoder(8192).decode(
                HpackEncoder.request(path, TraceContext.NONE)));
    }
}
