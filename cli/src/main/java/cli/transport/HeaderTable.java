package cli.transport;

import java.util.ArrayDeque;
import java.util.Iterator;

/** HPACK's index space: the static table (RFC 7541 Appendix A) and the dynamic one (§2.3.2). */
final class HeaderTable {
    /** Size of the dynamic table until something else is agreed (RFC 9113 §6.5.2). */
    static final int INITIAL_BYTES = 4096;

    private static final String[] STATIC = {
        ":authority", "", ":method", "GET", ":method", "POST", ":path", "/", ":path", "/index.html",
        ":scheme", "http", ":scheme", "https", ":status", "200", ":status", "204", ":status", "206",
        ":status", "304", ":status", "400", ":status", "404", ":status", "500", "accept-charset", "",
        "accept-encoding", "gzip, deflate", "accept-language", "", "accept-ranges", "", "accept", "",
        "access-control-allow-origin", "", "age", "", "allow", "", "authorization", "",
        "cache-control", "", "content-disposition", "", "content-encoding", "", "content-language",
        "", "content-length", "", "content-location", "", "content-range", "", "content-type", "",
        "cookie", "", "date", "", "etag", "", "expect", "", "expires", "", "from", "", "host", "",
        "if-match", "", "if-modified-since", "", "if-none-match", "", "if-range", "",
        "if-unmodified-since", "", "last-modified", "", "link", "", "location", "", "max-forwards",
        "", "proxy-authenticate", "", "proxy-authorization", "", "range", "", "referer", "",
        "refresh", "", "retry-after", "", "server", "", "set-cookie", "",
        "strict-transport-security", "", "transfer-encoding", "", "user-agent", "", "vary", "",
        "via", "", "www-authenticate", "",
    };
    static final int STATIC_ENTRIES = STATIC.length / 2;

    /** Newest first. */
    private final ArrayDeque<Header> dynamic = new ArrayDeque<>();
    private final int agreedBytes;
    private int limitBytes;
    private int usedBytes;

    /** @param agreedBytes the largest size the other end may choose */
    HeaderTable(int agreedBytes) {
        this.agreedBytes = agreedBytes;
        this.limitBytes = agreedBytes;
    }

    /**
     * The entry at an index; 1 is the first static one.
     *
     * @throws ProtocolException if there is none
     */
    Header get(int index) throws ProtocolException {
        if (index >= 1 && index <= STATIC_ENTRIES) {
            return new Header(STATIC[2 * index - 2], STATIC[2 * index - 1]);
        }
        int place = index - STATIC_ENTRIES - 1;
        if (place < 0 || place >= dynamic.size()) {
            throw new ProtocolException("HPACK: index " + index + " names no header");
        }
        Iterator<Header> headers = dynamic.iterator();
        while (place-- > 0) {
            headers.next();
        }
        return headers.next();
    }

    /** Adds an entry in front, evicting old ones; one larger than the table empties it (§4.4). */
    void add(Header header) {
        evict(limitBytes - header.tableBytes());
        if (header.tableBytes() <= limitBytes) {
            dynamic.addFirst(header);
            usedBytes += header.tableBytes();
        }
    }

    /**
     * Obeys a size update.
     *
     * @throws ProtocolException if it is larger than agreed
     */
    void resize(int bytes) throws ProtocolException {
        if (bytes > agreedBytes) {
            throw new ProtocolException("HPACK: table size " + bytes + " above " + agreedBytes);
        }
        limitBytes = bytes;
        evict(limitBytes);
    }

    /** Octets in use, as RFC 7541 §4.1 counts. */
    int usedBytes() {
        return usedBytes;
    }

    private void evict(int bytes) {
        while (usedBytes > Math.max(bytes, 0)) {
            usedBytes -= dynamic.removeLast().tableBytes();
        }
    }
}
