package cli.transport;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Decodes header blocks (RFC 7541); keeps the dynamic table from block to block. */
final class HpackDecoder {
    private final HeaderTable table;
    private final int limitBytes;
    private byte[] block;
    private int position;

    /** @param limitBytes the largest header list accepted, counted as RFC 9113 §6.5.2 does */
    HpackDecoder(int limitBytes) {
        this.table = new HeaderTable(HeaderTable.INITIAL_BYTES);
        this.limitBytes = limitBytes;
    }

    /**
     * Decodes a whole block.
     *
     * @throws ProtocolException for anything RFC 7541 forbids, or a list above the limit
     */
    List<Header> decode(byte[] bytes) throws ProtocolException {
        block = bytes;
        position = 0;
        List<Header> headers = new ArrayList<>();
        int listBytes = 0;
        while (position < block.length) {
            int first = block[position] & 0xff;
            Header header;
            if (first >= 0x80) {
                header = table.get(integer(7));
            } else if (first >= 0x40) {
                header = literal(6);
                table.add(header);
            } else if (first >= 0x20) {
                if (!headers.isEmpty()) {
                    throw new ProtocolException("HPACK: table size update after a header");
                }
                table.resize(integer(5));
                continue;
            } else {
                header = literal(4);
            }
            listBytes += header.tableBytes();
            if (listBytes > limitBytes) {
                throw new ProtocolException("header list larger than " + limitBytes + " bytes");
            }
            headers.add(header);
        }
        return headers;
    }

    /** The dynamic table's size, for tests against the RFC's examples. */
    int tableBytes() {
        return table.usedBytes();
    }

    private Header literal(int prefixBits) throws ProtocolException {
        int index = integer(prefixBits);
        String name = index == 0 ? string() : table.get(index).name();
        return new Header(name, string());
    }

    private int integer(int prefixBits) throws ProtocolException {
        int mask = (1 << prefixBits) - 1;
        int value = next() & mask;
        if (value < mask) {
            return value;
        }
        for (int shift = 0; shift <= 21; shift += 7) {
            int octet = next();
            value += (octet & 0x7f) << shift;
            if (octet < 0x80) {
                return value;
            }
        }
        throw new ProtocolException("HPACK: an integer above 2^28");
    }

    private String string() throws ProtocolException {
        boolean huffman = position < block.length && block[position] < 0;
        int length = integer(7);
        if (length > block.length - position) {
            throw new ProtocolException("HPACK: a string of " + length + " bytes is cut short");
        }
        int start = position;
        position += length;
        return huffman ? Huffman.decode(block, start, length)
                : new String(block, start, length, StandardCharsets.ISO_8859_1);
    }

    private int next() throws ProtocolException {
        if (position >= block.length) {
            throw new ProtocolException("HPACK: header block is cut short");
        }
        return block[position++] & 0xff;
    }
}
